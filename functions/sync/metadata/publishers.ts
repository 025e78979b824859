/** Decides which phrases name a publisher. */

/** Known publishers, in lower case: mostly names without a word such as Press or Verlag. */
const houses = new Set(
  `
  academic press|acm|addison wesley|addison-wesley|adobe|aleph|alfaomega|alianza|allen & unwin|alpina|alta books|altabooks|
  amazon|ams|anaya|anchor|apress|artech house|artmed|aspen|asm|atlantic|ballantine|bantam|barron's|brooks/cole|brooks cole|verso|basic books|
  berrett-koehler|birkhauser|birkhäuser|blackwell|bloomsbury|bookboon|bookman|brill|butterworth-heinemann|caltech|cambridge|
  careercup|carl hanser|casa do codigo|casa do código|cengage|cengage learning|chapman & hall|chapman and hall|
  companhia das letras|createspace|crc|crown|cup|de gruyter|dover|doubleday|dtv|dummies|dunod|elsevier|emerald|
  everyman|eyrolles|faber & faber|faber and faber|fischer|flammarion|gallimard|garland|grove|grupo gen|hachette|
  hanser|harcourt|harper|harper & row|harpercollins|harper collins|hayden|heinemann|herder|hodder|houghton mifflin|
  ibm redbooks|ieee|imprensa oficial|independently published|informit|intech|john wiley|john wiley & sons|
  john wiley and sons|jones & bartlett|jones and bartlett|jossey-bass|karger|kluwer|knopf|kogan page|leanpub|
  lippincott|little, brown|longman|lulu|lulu.com|macmillan|make|maker media|manning|marcel dekker|mcgraw hill|mcgraw-hill|
  microsoft press|mir|mit|mit press|morgan & claypool|morgan kaufmann|mosby|mundi-prensa|newnes|no starch|
  north holland|north-holland|norton|novatec|o'reilly|oreilly|orbit|oup|oxford|oxford university|packt|
  palgrave|paraninfo|parragon|pearson|penguin|penguin books|pergamon|perseus|peter lang|picador|piper|planeta|plenum|
  plon|pragmatic bookshelf|prentice hall|prentice-hall|puffin|que|ra-ma|random house|reclam|rheinwerk|
  rodale|routledge|rowohlt|sage|sams|saraiva|saunders|scholastic|schaum|seuil|siam|simon & schuster|simon and schuster|
  sourcebooks|springer|springer nature|st. martin's|suhrkamp|sybex|syngress|taylor & francis|taylor and francis|teubner|
  the pragmatic bookshelf|thieme|thomson|thomson learning|tor|trillas|tuttle|usborne|utb|vieweg|vieweg+teubner|vintage|
  viking|vuibert|w. w. norton|walter de gruyter|wiley|wiley-blackwell|wiley-interscience|wiley-ieee|wiley-vch|
  world scientific|wrox|zahar|zed|
  альпина|альпина паблишер|аст|бином|бхв|бхв-петербург|вильямс|высшая школа|диалектика|дмк|дмк пресс|лань|манн, иванов и фербер|мир|
  мцнмо|наука|питер|просвещение|символ-плюс|физматлит|фізматліт|эксмо|юрайт|o'reilly japan
  `
    .split('|')
    .map((house) => house.trim().toLowerCase()),
);

/** Words that make a phrase of two or more words a publisher's name. */
const houseWords =
  /(?:^|[\s.-])(?:press|publishing|publishers?|publications?|pub|verlag|editora|editores|editorial|éditions|editions|edizioni|ediciones|edições|uitgeverij|wydawnictwo|bookshelf|издательство|изд-во|пресс|llc|gmbh|inc)\.?$|^(?:editora|editorial|éditions|ediciones|edições|edizioni|издательство|verlag) /u;

/** What may follow a publisher's name: divisions, places and legal forms. */
const houseTail =
  /[\s,&-]+(?:professional|media|publications?|publishing|publishers?|international|education|educational|academic|science|sciences|scientific|business|books?|group|company|co|corp|corporation|inc|llc|ltd|limited|gmbh|ag|press|university|verlag|editora|editorial|learning|technical|higher|crc|hall|global|nature|usa|us|uk|new york|ny|london|berlin|heidelberg|cham|singapore|boston|sons|and|&|sa|ltda|brasil|digital|custom|reference|classics|medical|health|wesley|schaum)\.?$/u;

/**
 * True if the whole phrase names a publisher: a known publisher with what may follow its name (`Springer New York`,
 * `O'Reilly Media`), a phrase that ends in a word such as `Press`, or a Chinese, Japanese or Korean publisher.
 */
export function isPublisher(phrase: string): boolean {
  let name = phrase
    .trim()
    .toLowerCase()
    .replace(/[’‘`]/gu, "'")
    .replace(/[\s.,]+$/u, '')
    .replace(/\s+/gu, ' ');
  if (name === '' || name.length > 80) return false;
  if (/(?:出版社|出版公司|出版|书店|書店|書房|출판사)$/u.test(name)) return true;
  const words = name.split(' ').length;
  if (hasPublisherTail(name)) return false;
  if (words >= 2 && words <= 7 && houseWords.test(name) && !/ (?:the|in|for|to|of the) /u.test(name))
    return true;
  for (let round = 0; round < 6; round += 1) {
    if (houses.has(name)) return true;
    const shorter = name.replace(houseTail, '');
    if (shorter === name) return false;
    name = shorter.trim();
  }
  return false;
}

/** Publishers whose names are also words in titles. One of these alone does not make a longer phrase a publisher. */
const ordinary = new Set(
  'viking vintage atlantic anchor crown orbit garland dover oxford cambridge planeta norton питер наука'.split(
    ' ',
  ),
);

/**
 * True if the text after a hyphen in a title is the publisher. Also accepts a known publisher with words before or
 * after it that are not on any list, up to four words in all (`Springer Netherlands`, `Alfred A. Knopf`).
 */
export function isPublisherTail(phrase: string): boolean {
  if (isPublisher(phrase)) return true;
  const words = phrase.trim().split(/\s+/u);
  if (words.length < 2 || words.length > 4 || !words.every((word) => /^\p{Lu}/u.test(word))) return false;
  const ends = [words[0] as string, words.at(-1) as string];
  return ends.some((word) => word.length >= 5 && !ordinary.has(word.toLowerCase()) && isPublisher(word));
}

/** `Some Title-Such Press` is a title with its publisher, not a publisher. */
function hasPublisherTail(name: string): boolean {
  const at = name.lastIndexOf('-');
  return at > 0 && name.slice(0, at).includes(' ') && isPublisher(name.slice(at + 1));
}
