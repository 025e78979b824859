/** How much a phrase looks like one person's name. */
import { givenNames } from './word-lists/given-names.ts';
import { functionWords, particles, technologies, titleEndings, titleWords } from './word-lists/words.ts';

/** Initials with their periods: `J.`, `J.K.`, `J.-P.`, `Ю.`, `Th.` */
const initials = /^(?:\p{Lu}\p{Ll}?\.-?){1,4}$/u;
const bareInitial = /^\p{Lu}$/u;
const generation = /^(?:jr|sr|ii|iii|iv|ph\.?d|m\.?d|esq)\.?$/iu;
const address = /^(?:dr|prof|sir|dame|lord|lady|rev|fr|hon|mr|mrs|ms|проф|акад)\.?$/iu;
const nameShape =
  /^(?:(?:de|di|da|del|la|le|van|von|mc|mac)(?=\p{Lu}\p{Ll}))?\p{Lu}[\p{L}\p{M}]*(?:['’ʼ-]\p{L}[\p{L}\p{M}]*)*\.?$/u;
const lowerShape = /^[\p{L}\p{M}]+(?:['’ʼ-][\p{L}\p{M}]+)*$/u;
/** Endings of Slavic patronymics and surnames, and some other surname endings that title words do not have. */
const surnameEnding =
  /.{2}(?:ович|евич|овна|евна|ский|цкий|ская|енко|ов|ев|ин|ова|ева|ина|чук|юк|ян|дзе|швили|sky|ski|ska|ová|enko|ovich|evich|vić|sson|ssen|opoulos|escu|yan|shvili|moto|mura)$/u;

const orgLinks = /^(?:of|for|and|the|de|da|do|du|des|del|y|e|für|der)$/u;
const orgOf =
  /^(?:university|institute|universidade|universidad|department|ministry|ministério) (?:of|de|da|do) /iu;
/** Function words in one language that are surnames in another. As surnames they come last: `Yang Su`. */
const shortSurnames = new Set(['su', 'sin', 'an', 'lo', 'son', 'min', 'her', 'em', 'mas']);

const org =
  /(?:^|\s)(?:university|institute|laborator(?:y|ies)|labs?|organi[sz]ation|foundation|association|committee|council|corporation|department|ministry|consortium|academy|commission|bank|agency|bureau|institution|museum|secretariat|nations|inc\.?|universidade|universidad|université|universität|instituto|institut|ministério|ministerio|fundação|fundación|университет|институт)$/iu;

/**
 * Scores how likely the words are one person: null if they cannot be, 0 for a single capitalized word, 1 for two or
 * three, more for initials, known given names, particles and the like. `anyCase` is for lines without capitals.
 */
export function personEvidence(words: readonly string[], anyCase: boolean): number | null {
  if (words.length === 0 || words.length > 6) return null;
  if (words.every((word) => /^[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Hang}・·]+$/u.test(word))) {
    return eastAsianEvidence(words.join(''), words.length);
  }
  // `兰德尔 E. 布莱恩特`: a transcribed name with an initial.
  if (
    words.some((word) => /^\p{sc=Han}{2}/u.test(word)) &&
    words.every((word) => /^\p{sc=Han}{1,8}$/u.test(word) || initials.test(word) || bareInitial.test(word))
  )
    return 3;
  let evidence = 0;
  let names = 0;
  let titleish = 0;
  const capitals = words.every((word) => word === word.toUpperCase());
  for (const [at, word] of words.entries()) {
    const lower = word.toLowerCase().replace(/\.$/u, '');
    const last = at === words.length - 1;
    if (initials.test(word) && !address.test(word) && !generation.test(word)) {
      evidence += 3;
    } else if (bareInitial.test(word)) {
      // An English or Portuguese article or a Slavic conjunction, not an initial without its period.
      if (at === 0 && /^[AOEIYИОАУ]$/u.test(word)) return null;
      // The J of `Michael J Pont` is evidence. At the end (`Hull J`, the C of `Embedded C`) a letter says little.
      evidence += at > 0 && !last ? 2 : 0;
    } else if (at === 0 && address.test(word) && !last) {
      evidence += 2;
    } else if (at > 0 && generation.test(word)) {
      evidence += 2;
    } else if (particles.has(lower) && !last && (word !== lower || at > 0 || words.length > 2)) {
      evidence += word === lower && /^(?:van|von|af|bin|ibn|zu|ter|den)$/u.test(lower) ? 2 : 0;
      if (/^(?:the|y|e|и)$/u.test(lower) && at === 0) return null;
    } else if (functionWords.has(lower) && !(last && at > 0 && word !== lower && shortSurnames.has(lower))) {
      return null;
    } else if (nameShape.test(word) || (anyCase && lowerShape.test(word))) {
      if (word.length > 2 && word === word.toUpperCase() && !capitals && /\p{sc=Latin}/u.test(word))
        return null;
      names += 1;
      const first = lower.split('-')[0] as string;
      if (givenNames.has(first) && words.length > 1) evidence += at === 0 ? 3 : 1;
      else if (surnameEnding.test(lower)) evidence += 1;
      const given = givenNames.has((words[0] as string).toLowerCase());
      // After a given name, the ending of a title word proves nothing: `Emily Jennings`.
      const subject =
        lower.split('-').some((part) => titleWords.has(part)) || (!given && titleEndings.test(lower));
      // `Franz Kafka`: a technology after a given name is a surname. `Cassandra Clare`: a given name counts as
      // a name, even if it is also a technology.
      if (
        at === 0
          ? !given && (subject || technologies.has(lower))
          : subject || (!given && technologies.has(lower))
      ) {
        titleish += 1;
      }
    } else {
      return null;
    }
  }
  if (names === 0) return null;
  if (names + (evidence > 0 ? 1 : 0) >= 2 && names <= 4) evidence += 1;
  // One title word may be a surname (`Ann Waters`). A plural or a second title word makes the phrase a title.
  evidence -= titleish * (titleish > 1 || /s$/iu.test(words[words.length - 1] as string) ? 5 : 3);
  return evidence;
}

/** Evidence for an institution that publishes (`Microsoft Research`, `World Health Organization`), or null. */
export function organizationEvidence(phrase: string): number | null {
  const words = phrase.split(' ');
  if (
    words.length < 2 ||
    words.length > 8 ||
    !words.every((word) => /^\p{Lu}/u.test(word) || orgLinks.test(word))
  )
    return null;
  if (/^(?:the|of|for|in) /iu.test(phrase)) return null;
  if (/ research$/iu.test(phrase)) return 2;
  return org.test(phrase) || orgOf.test(phrase) ? 3 : null;
}

const chineseSurname =
  /^(?:欧阳|司马|上官|诸葛|[王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文付施陶洪翟莫汪俞章鲁葛韦毕聂焦向柳邢路岳齐梅庄辛管祝左涂谷祁耿牟卜詹關許陳劉張楊黃趙吳孫馬羅鄭謝韓馮董蕭鄧沈呂蘇盧蔣賈葉閻余鍾譚鄒陸顧])/u;
const japaneseSurname =
  /^(?:佐藤|鈴木|高橋|田中|渡辺|伊藤|山本|中村|小林|加藤|吉田|山田|佐々木|山口|松本|井上|木村|斎藤|清水|山崎|池田|橋本|阿部|石川|中島|小川|前田|岡田|長谷川|藤田|後藤|近藤|村上|遠藤|青木|坂本|福田|太田|西村|藤井|金子|岡本|藤原|三浦|中野|原田|松田|竹内|上田|中山|石井|和田|森田|村田|大野)/u;
/** Characters for subjects, books and grammar, which names rarely contain. */
const eastAsianTitle =
  /[学學论論史書书的与與和の入门門教程基础礎实践実法研究概析计算机技术設设构数語语典全集册版問题題]|입문|개론|이론|하는|의$/u;

function eastAsianEvidence(name: string, parts: number): number | null {
  if (/^\p{sc=Hang}{2,4}$/u.test(name)) {
    if (eastAsianTitle.test(name)) return -2;
    return name.length === 3 &&
      /^[김이박최정강조윤장임한오서신권황안송전홍유고문양손배백허남심노하곽성차주우구민류나진지엄채원천방공현함변염여추도소석선설마길연위표명기반왕금옥육인맹제모]/u.test(
        name,
      )
      ? 4
      : 1;
  }
  if (/^\p{sc=Kana}+[・·]\p{sc=Kana}+$/u.test(name.replace(/ー/gu, 'ア'))) return 4;
  if (/\p{sc=Hira}/u.test(name) && !japaneseSurname.test(name)) return null;
  if (name.length < 2 || name.length > 6 || parts > 2)
    return /[・·]/u.test(name) && name.length < 16 ? 3 : null;
  if (japaneseSurname.test(name) && name.length > 2) return 5;
  const evidence = eastAsianTitle.test(name.slice(1)) ? -2 : 0;
  if (name.length <= 3 || /^(?:欧阳|司马|上官|诸葛)/u.test(name))
    return evidence + (chineseSurname.test(name) ? 4 : 1);
  return evidence;
}
