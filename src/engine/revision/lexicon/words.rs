//! The closed classes of words, folded (lower case, no accents, no apostrophes): English first, then the commonest of
//! German, Dutch, French, Spanish, Portuguese, Italian, Polish, Turkish, Russian, Ukrainian, Arabic and Korean.

use std::collections::HashSet;
use std::sync::LazyLock;

type Words = LazyLock<HashSet<&'static str>>;

const NEGATIONS_TEXT: &str = "
    not no never none nobody nothing neither nor without cannot cant dont doesnt didnt wont wouldnt isnt arent wasnt werent
    hasnt havent hadnt couldnt shouldnt mustnt
    nicht kein keine keinen keiner keines keinem nie niemals ohne niemand nichts
    niet geen nooit zonder niemand niets
    ne pas jamais aucun aucune sans rien personne ni
    nunca sin ningun ninguna jamas nadie nada
    nao nem sem ninguem nenhum nenhuma
    non mai senza nessuno nessuna niente
    nie nigdy bez nikt
    degil yok hic
    не нет никогда без никто ничего ни немає без ніколи
    لا ليس لم لن بدون
    않다 않았다 않는다 않을 아니다 없다 없이 못
    不 没 沒 未 无 無 非 別 别";

const DATES_TEXT: &str = "
    january february march april may june july august september october november december
    jan feb mar apr jun jul aug sep sept oct nov dec
    monday tuesday wednesday thursday friday saturday sunday mondays tuesdays wednesdays thursdays fridays saturdays sundays
    yesterday today tomorrow tonight
    januar februar marz mai juni juli oktober dezember montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag
    heute gestern morgen vorgestern ubermorgen
    januari februari maart mei augustus maandag dinsdag woensdag donderdag vrijdag zaterdag zondag vandaag gisteren
    janvier fevrier mars avril juin juillet aout septembre octobre novembre decembre
    lundi mardi mercredi jeudi vendredi samedi dimanche hier aujourdhui demain
    enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre
    lunes martes miercoles jueves viernes sabado domingo ayer hoy manana
    janeiro fevereiro marco maio junho julho setembro outubro novembro dezembro segunda-feira ontem hoje amanha
    gennaio febbraio aprile maggio giugno luglio settembre ottobre dicembre
    lunedi martedi mercoledi giovedi venerdi sabato domenica ieri oggi domani
    stycznia lutego marca kwietnia maja czerwca lipca sierpnia wrzesnia pazdziernika listopada grudnia
    poniedziałek wtorek sroda srode czwartek piatek sobota sobote niedziela niedziele wczoraj dzisiaj jutro
    ocak subat nisan mayıs haziran temmuz agustos eylul ekim kasım aralık pazartesi salı carsamba persembe cuma cumartesi
    январь января январе февраль февраля феврале март марта марте апрель апреля апреле май мая мае июнь июня июне
    июль июля июле август августа августе сентябрь сентября сентябре октябрь октября октябре ноябрь ноября ноябре
    декабрь декабря декабре понедельник понедельника понедельнику вторник вторника среда среду среды четверг четверга
    пятница пятницу пятницы суббота субботу субботы воскресенье воскресенья вчера сегодня завтра
    січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня
    يناير فبراير مارس ابريل أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر
    الاثنين الثلاثاء الأربعاء الخميس الجمعة السبت الأحد أمس اليوم غدا
    월요일 화요일 수요일 목요일 금요일 토요일 일요일 어제 오늘 내일";

const NUMBERS_TEXT: &str = "
    one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen
    nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred hundreds thousand thousands million millions
    billion billions trillion trillions dozen dozens half halves third thirds quarter quarters fifth fifths double doubled
    triple tripled twice thrice
    zwei drei vier funf sechs sieben acht neun zehn elf zwolf dreizehn vierzehn funfzehn sechzehn siebzehn achtzehn neunzehn
    zwanzig dreißig dreissig vierzig funfzig sechzig siebzig achtzig neunzig hundert tausend millionen milliarden
    doppelt halfte drittel viertel
    twee drie vijf zes zeven negen tien twaalf dertien twintig dertig honderd duizend miljoen miljard helft
    deux trois quatre cinq sept huit neuf dix onze douze treize quatorze quinze seize vingt trente quarante cinquante
    soixante cent cents mille milliard milliards moitie tiers quart
    dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince veinte treinta cuarenta cincuenta
    sesenta setenta ochenta noventa cien ciento mil millon millones mitad tercio
    dois duas quatro sete oito nove dez onze doze treze vinte trinta quarenta cem milhao milhoes bilhao bilhoes metade
    due tre quattro cinque sei sette otto dieci undici dodici tredici quattordici quindici sedici venti trenta quaranta
    cinquanta sessanta settanta ottanta novanta cento milione milioni miliardo miliardi meta
    dwa trzy cztery piec szesc siedem osiem dziewiec dziesiec sto tysiac tysiecy milion milionow
    iki uc dort bes altı yedi sekiz dokuz yuz bin milyon milyar
    два две три четыре пять шесть семь восемь девять десять одиннадцать двенадцать пятнадцать двадцать тридцать сорок
    пятьдесят сто двести триста тысяча тысяч тысячи миллион миллиона миллионов миллиард миллиарда миллиардов половина треть
    二 三 四 五 六 七 八 九 十 百 千 万 萬 亿 億 两 兩 半";

/// Words that measure what the number before them counts.
const UNITS_TEXT: &str = "
    second seconds minute minutes hour hours day days week weeks month months year years decade decades century centuries
    percent degree degrees km kilometer kilometers kilometre kilometres mile miles meter meters metre metres feet foot
    kg kilogram kilograms ton tons tonne tonnes pound pounds dollar dollars euro euros cent cents yen yuan rupees
    jahre jahren monate monaten wochen tage tagen stunden minuten prozent
    ans mois semaines jours heures minutes anos meses semanas dias horas anni mesi settimane giorni ore
    лет года месяцев недель дней часов";

/// Words before `week`, `month` and the like that make them a date.
const WHICH_TEXT: &str = "next last this coming previous past later earlier nachste nachsten letzte letzten vergangene
    prochain prochaine dernier derniere proximo proxima pasado pasada";

/// Spans of the calendar.
const SPANS_TEXT: &str = "day week weekend month year decade century spring summer autumn fall winter morning afternoon
    evening night woche wochenende monat jahr semaine mois annee semana mes ano";

/// Words that begin sentences with a capital and are no names.
const OPENERS_TEXT: &str = "
    the a an he she it they we i you in on at by for from with but and or this that these those there then when while after
    before since if as his her its their our my some many most all both each other another more however meanwhile although
    though because so yet still now also only officials police people experts critics what who how why where under over to
    is are was were will has have had up about nearly almost around";

fn set(text: &'static str) -> HashSet<&'static str> {
    text.split_whitespace().collect()
}

pub(super) static NEGATIONS: Words = LazyLock::new(|| set(NEGATIONS_TEXT));
pub(super) static DATES: Words = LazyLock::new(|| set(DATES_TEXT));
pub(super) static NUMBERS: Words = LazyLock::new(|| set(NUMBERS_TEXT));
pub(super) static UNITS: Words = LazyLock::new(|| set(UNITS_TEXT));
pub(super) static WHICH: Words = LazyLock::new(|| set(WHICH_TEXT));
pub(super) static SPANS: Words = LazyLock::new(|| set(SPANS_TEXT));
pub(super) static OPENERS: Words = LazyLock::new(|| set(OPENERS_TEXT));

/// Months' names that are common words without their capital.
pub(super) const ALSO_WORDS: &[&str] =
    &["may", "march", "mar", "sept", "mai", "mars", "marco", "once", "maja", "marca", "lipca"];
