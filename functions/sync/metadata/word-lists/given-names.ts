/**
 * The most common given names, as in census lists, in the languages of a school's library: the clearest sign that a
 * phrase is a person. Names that are also everyday words or technologies are left out (Art, Will, May, Hope, Ruby); Julia, also a
 * language, is kept. A missing name only weakens the evidence; nothing depends on a single one.
 */
export const givenNames: ReadonlySet<string> = new Set(
  `
  gillian napoleon nilo nigella ravi sanjeev chinedu kofi kwame ngozi amina fatou wanjiru njoroge yusuf mustafa
  leila layla samir tariq noor anjali deepak rakesh suresh lakshmi meera rohit vikram akira haruki kenta naoki
  minh linh thuy jens lars bjarne søren mette aoife siobhan niamh ciaran eoin zoran dragan goran jelena ivana
  katarina tereza jiří zdeněk václav ryszard jerzy stanisław małgorzata agnieszka ewa piotr paweł łukasz ferenc lászló
  istván zoltán györgy ioana mircea ion nikos giorgos dimitris eleni despina mehmet ayşe fatma emre
  лев иван сергей алексей александр александра андрей анна антон борис валентин валерий василий вера виктор виталий
  владимир галина георгий григорий даниил дарья денис дмитрий евгений евгения екатерина елена зинаида игорь илья ирина
  кирилл константин ксения леонид людмила максим марина мария михаил надежда наталья никита николай оксана олег ольга
  павел пётр петр роман светлана семён степан тарас татьяна фёдор федор юлия юрий яков ярослав
  aaron abigail abraham adam adrian agnes ahmed aisha alan albert alberto alejandro aleksander aleksandr
  alessandro alex alexander alexandra alexandre alexei alexey alexis alfred alfredo ali alice alicia alison
  allen alma alvaro amanda amber amelia amir amit amy ana andre andrea andreas andrei andrej andres andrew
  andrey andrzej andré andrés angela angelo anil anita ann anna anne annette annie anthony antoine anton
  antonio antónio antônio ari ariel arjun arnold arthur artur arturo arun ashley astrid audrey augusto
  aurora axel barbara barry bart beatriz ben benedict benjamin bernard bernd bernhard bert beth betty
  beverly björn bob bogdan boris brad bradley brandon brenda brian bridget bruce bruno bryan caio camila
  carina carl carla carlo carlos carmen carol carolina caroline carolyn carrie cassandra catarina catherine
  cathy cecilia celia cesar chad charles charlie charlotte chen chloe chris christian christina christine
  christoph christophe christopher cindy claire clara clarence claude claudia claudio clive colin connie
  constance craig cristian cristina curtis cynthia césar dale dan dana daniel daniela danielle darren dave
  david dean deborah denis dennis derek diana diane diego dieter dimitri dirk dmitri dmitry dominic
  dominique don donald donna doris dorothy doug douglas duncan dylan earl ed eddie edgar edith edmund
  eduardo edward edwin eileen elaine elena eli elias elisabeth elizabeth ella ellen els elsa emil emilia
  emily emma emmanuel eric erica erich erik erika erin ernest ernst esther ethan eugene eva evan evelyn
  fabian fabio fatima federico felipe felix fernanda fernando filip fiona florian frances francesca
  francesco francis francisco frank franz françois fred frederic frederick friedrich fritz frédéric gabriel
  gabriela gareth gary gavin geoff geoffrey georg george georges gerald gerard gerhard gertrude giacomo
  giovanni giulia giuseppe glenn gloria gonzalo gordon graham greg gregor gregory guido guillaume guillermo
  gunter guy günter hamid hank hannah hans harald harold harriet harry harvey hassan heather hector heidi
  heinrich heinz helen helena helga henri henrik henry herbert herman hermann hiroshi holly howard hugh hugo
  héctor ian ibrahim ignacio igor ilya ines ingrid inês irene irina isaac isabel isabella ismail ivan jack
  jackie jacob jacques jaime jake jakob jakub james jamie jan jana jane janet janice jared jason javier jay
  jean jeff jeffrey jennifer jenny jens jeremy jerome jerry jesse jessica jesús jill jim jimmy joachim joan
  joanna joanne joao joaquim joaquín jochen joe joel johan johann johannes john johnny jon jonas jonathan
  jordan jorge jose josef joseph joshua josé joão juan juana judith judy jules julia julian julie julien
  justin jörg jürgen karel karen karin karl katarzyna kate katherine kathleen kathryn kathy katie katrin kay
  keith kelly ken kenji kenneth kent kevin kim klaus konrad konstantin krishna kristen kristin krzysztof
  kurt kyle lara larry lars laura lauren laurence laurent lawrence lee leigh lena leo leon leonard leonardo
  leonid leroy leslie lewis liam lidia lila linda lisa liz lorenzo louis louise luc luca lucas lucia lucy
  lucía ludwig luigi luis luiz lukas luke luís lydia lynn maciej madeleine magda manfred manuel manuela marc
  marcel marcelo marcin marco marcos marcus margaret maria marie marina mario marion marjorie mark markus
  marta martha martin martina marvin mary maría masaki mathieu mats matt matteo matthew matthias maureen
  maurice max maxim megan mehmet melanie melissa michael michał michel michele michelle miguel mihai mike
  mikhail milan mildred milton miriam mitchell mohamed mohammad mohammed moira mona monica monika morris
  muhammad murray nadia nancy naomi natalia natalie natasha nathan neil nicholas nick nicola nicolas nicole
  nigel nikita nikolai nils nina noah noam nora norbert norman octavio oleg olga oliver olivia olivier omar
  orlando oscar oskar otto owen pablo pamela paola paolo pascal pat patricia patrick paul paula paulo pavel
  pedro peggy penelope per pete peter petr petra phil philip philipp philippe phillip pierre pieter piotr
  priya rachel rafael raj rajesh ralf ralph ramesh ramón randall randy raphael raquel raul ravi ray raymond
  raúl rebecca regina reinhard renata renate renato rené rex ricardo richard rick rita rob robert roberta
  roberto robin rodney rodolfo rodrigo roger roland rolf roman ron ronald rosa rosalind rose rosemary ross
  roy ruben rubén rudolf rui rupert russell ruth ryan sabine sabrina said sally salvador sam samantha samuel
  sandra sanjay santiago sara sarah satoshi scott sean sebastian sebastião serge sergei sergey sergio seth
  shannon sharon shawn sheila shirley sidney silvia simon simone sofia sonia sophia sophie srinivas stacy
  stan stanislav stanley stefan stefano stella stephan stephanie stephen steve steven stewart stuart sue
  sunil susan susanne suzanne sven svetlana sylvia sérgio takashi tamara tanya tara tatiana ted terence
  teresa terry tess theo theodor theodore theresa thiago thomas thorsten tim timothy tina tobias todd tom
  tomas tomasz tommy tomás toni tony tracy travis trevor tristan ulrich ulrike umberto ursula valentina
  valerie vanessa vera vernon veronica vicente victor victoria vijay viktor vincent vinod virginia vivian
  vlad vladimir volker wade walter wanda warren wayne wei wendy werner wesley wilhelm willem william
  wolfgang xavier yan yann yasmin yolanda yuki yuri yves yvonne zachary zoe álvaro étienne александр
  александра алексей анатолий андрей андрій анна антон артём борис вадим валентин валерий василий вера
  виктор виталий владимир владислав володимир вячеслав галина георгий григорий даниил дарья денис дмитрий
  дмитро евгений евгения екатерина елена иван игорь илья инна ирина кирилл константин ксения лариса лев
  леонид лидия людмила максим марина мария микола михаил надежда наталья никита николай олег олександр ольга
  павел петр пётр роман светлана сергей сергій станислав степан тамара тарас татьяна федор фёдор юлия юрий
  яков ярослав
  `
    .trim()
    .split(/\s+/u),
);
