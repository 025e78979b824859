/**
 * Small vocabularies that distinguish a title from a person: general words in the languages of a school's library,
 * never names of books or authors. All are lower case; look words up with `has(word.toLowerCase())`.
 */

function vocabulary(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\s+/u));
}

/** Articles, prepositions, question words: no person's name contains one. */
export const functionWords = vocabulary(`
  the an of and or for with without in on to from at into through by as is are was be not its it how why what when
  where who your you my our their his her this that these all about between beyond under over against toward towards
  um uma uns umas para com em na no nas nos que sobre ao aos como por pelo pela seu sua não mais sem à às
  un una unos unas los las con en sobre al su sus se lo sin entre desde hacia más
  les des une pour dans avec sur aux au par sans vers chez entre sous est son ses votre leur
  das die ein eine einen einer eines für mit im am vom zum zur über aus nach ohne bei auf oder ist wie was und dem des
  il gli dei nel nella per nei alla delle degli sul una uno come
  het een voor met over naar uit en of och för med att om i og til
  и в на для о об с со из по к от не как что без при до за над под або та у`);

/** Words that occur inside surnames. Several are also articles or prepositions in Romance languages. */
export const particles = vocabulary(`
  van von vom wa de der den del della dello di da do dos das du la le al el bin ibn binti ter ten te zu zur af av ben abu abd
  ul ur st st. mac mc ó ní y e d' dalla degli lo los las san santa`);

/** Words that begin a subtitle more often than a title. */
export const subtitleOpeners = vocabulary(
  'a an how why what um uma una un une ein eine como cómo wie comment',
);

/** Words that a subtitle uses for the kind of book: `A Novel`, `A Tale of ...`. */
export const genreWords = vocabulary(
  'novel novella memoir story tale thriller mystery romance biography fairy saga love',
);

/** Words that join the people of a list, in any of the languages. */
export const conjunctions = vocabulary('and und et y e и і та en og och con with');

/** Words for subjects and kinds of books in a school's library. Common surnames are left out on purpose. */
export const titleWords = vocabulary(`
  abstract academic accounting activities adaptive administration advanced adventure adventures agile
  algebra algebraic algorithm algorithms american analog analysis analytic analytics anatomy ancient animal
  animals anthropology anthology application applications applied approach approaches aptitude arithmetic
  arithmetics artificial aspects astronomy atlas atomic automata automation basic basics beginner beginners
  beginning behavior behaviour bible biology blockchain book books brain brief broken building business
  calculus chapter chemical chemistry children chronicle chronicles circuit circuits city civil classic
  classical clean climate clinical cloud code coding cognitive collected collection combinatorics
  communication communications companion comparative compiler compilers complete complex computation
  computational computer computers computing concepts concise concrete construction contemporary control
  cookbook cooking course crash creating creative critical cryptography culture cultural dark data database
  databases death debugging deep democracy design designing developer developers developing development
  dictionary differential digital dinosaur discourse discovery discrete distributed domain driven dynamic
  dynamics earth ecology econometrics economic economics economy edition education effective efficient
  electric electrical electronic electronics element elementary elements embedded empire encyclopedia energy
  engineer engineering engineers english environment environmental equations essay essays essential
  essentials ethics evolution evolutionary exam example examples exercises experimental experiments
  explained exploring fairy fast finance financial first fluid forest forgotten foundation foundations
  fourier french function functional functions fundamental fundamentals game games garden gardening general
  genetic genetics geography geology geometry german getting global grammar graph graphs graphics great
  guide hacking handbook hardware harmonic hashing heaps hidden histories history home human ideas
  illustrated immunology improving inference influence information intelligence intelligent interaction
  interactive intermediate international internet interview introducing introduction introductory investing
  island journal journey knowledge labor laboratory language languages leadership learn learning lecture
  lectures lessons letters life linear list lists literature logic lost machine machines magic magical
  making management manual manufacturing marketing markets mastering materials math mathematical mathematics
  maths mechanical mechanics media medical medicine memories memory method methodology methods
  microeconomics microprocessor midnight mobile model modeling modelling models modern molecular money
  multivariable music mystery natural nature negotiation network networking networks neural neuroscience
  night nonlinear notebook notes novel number numbers numerical object objects ocean official operating
  operations optical optics optimization orchard organic oriented paper papers parallel parsing partial
  patterns perfect performance perspective perspectives philosophy physical physics physiology plan planet
  planning plants poems poetry political politics practical practice pragmatic primer principles private
  probability problem problems process processes processing product production professional program
  programmer programmers programming programs project projects proof proofs psychology public python
  quantitative quantum queues quick random reading real recipes reference refactoring reinforcement reliable
  religion research revolution road science sciences scientific sea second secret secrets security selected
  semantic sermons server shadow sheaf signal silent simple simulation skills sleep social society sociology
  software solution solutions song sorting spectral stars startup statistical statistics stories story
  strategic strategies strategy structural structure structures student students studies study summary
  survey system systems tale tales teach teaching team technical technique techniques technologies
  technology test testing text textbook theorem theorems theoretical theories theory thermodynamics things
  thinking time title tools topics topology tour trading traditional transform transforms travel treatise
  tree trees tries tutorial ultimate understanding universal universe urban using vector version virtual
  vision visual volume war water wave waves web welding women workbook working workshop world writing
  yourself análise aplicações aplicada aplicado aprenda aprendendo aprender aprendizado arquitetura arte
  aula avançada avançado banco básico cálculo ciência ciências código computação conceitos construindo
  contos criando curso dados desenvolvimento desenvolvendo direito economia educação ensino entendendo
  estrutura estruturas estudo engenharia exercícios filosofia física fundamentos geometria gestão guia
  história introdução jogos linguagem lingua livro lógica matemática método métodos modelagem mundo
  orientada orquestração pesquisa poemas práctica prática princípios processos programação programador
  projeto projetos psicologia química redes segurança sistema sistemas técnicas tecnologia teoria título
  tratado tudo uso vida algoritmos análisis aprendizaje bases ciencia ciencias cuentos datos desarrollo
  diccionario diseño economía ejercicios estadística estructuras estudios filosofía fundamento historia
  ingeniería introducción lenguaje matemáticas novela poesía principios problemas programación proyecto
  psicología teoría algèbre analyse apprendre calcul chimie cours cuisine dictionnaire économie exercices
  géométrie histoire initiation jardin langage langue livre logique mathématiques méthodes mécanique monde
  pensée philosophie physique pratique principes probabilités programmation théorie traité vie algorithmen
  aufgaben band beispiele briefe buch chemie deutsch einführung geschichte grammatik grundlagen grundkurs
  handbuch informatik kurs lehrbuch lernen logik mathematik methoden physik praxis programmieren roman
  sprache statistik theorie übungen welt wörterbuch stadt corso elementi esercizi fiume fisica fondamenti
  introduzione lezioni libro storia алгебра алгебры алгоритмы анализ биология введение геометрия город задач
  задачи история історія исследование книга курс лекции линейная литература математика математический
  математическая методы общая основы право практика программирование проектирование психология рассказы
  роман руководство сборник системы справочник статистика теория теории техника управление управления уроки
  учебник учебное пособие физика философия химия экономика язык языка`);

/** Names of technologies: a one-word title before a dash is often one of these. */
export const technologies = vocabulary(`
  ajax android angular angularjs ansible apache arduino asp.net aws azure bash bitcoin bootstrap c c# c++ cassandra
  clojure cobol css css3 delphi devops django docker drupal elasticsearch elixir ember erlang ethereum excel express
  firebase flask flutter fortran git github golang graphql groovy hadoop haskell hibernate html html5 http ionic ios
  java javascript jenkins jquery json jsf kafka keras kotlin kubernetes laravel latex linux lisp lua macos magento
  mariadb matlab maven meteor microservices mongodb mysql nginx node node.js nodejs nosql oauth office opengl oracle
  perl phonegap photoshop php postgresql powerpoint powershell prolog pytorch rails react redis rest ruby rust sass
  scala scratch scrum selenium shell simulink solidity spark spring sql sqlite swift symfony tensorflow terraform
  typescript ubuntu uml unity unix vim vue vue.js windows word wordpress xml zend`);

/** Endings of words for subjects and qualities. Short words do not match, because surnames share the endings. */
export const titleEndings =
  /.{3}(?:tions?|sions?|ments?|ness|ities|[^c]ity|isms?|ics|olog(?:y|ies|ía|ia|ie)|ograph(?:y|ies)|[a-z]{2}ings?|ware|ical|ção|ções|ción|ciones|dades?|ungen|[^gj]ung|keit|heit|schaft|ость|ение|ания|ание|ация|ации|логия)$/u;
