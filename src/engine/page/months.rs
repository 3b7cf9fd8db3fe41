//! The names of months in the languages that most news is written in.
//!
//! A month is a name in full or its beginning of three letters at least, as abbreviations are: «decisive» is no December.

/// The names of each month, in lower case, as they stand in dates.
#[rustfmt::skip]
const NAMES: [&[&str]; 12] = [
    &["january", "urtarrila", "ဇန်နဝါရီ", "មករា", "มค", "იანვარი", "հունվարի", "қаңтар", "januar", "januari", "jänner", "janvier", "enero", "janeiro", "gennaio", "gener", "xaneiro", "tammikuuta", "stycznia", "styczeń",
      "ledna", "leden", "januára", "siječnja", "januarja", "ianuarie", "január", "ocak", "января", "январь", "січня", "януари", "јануар", "ιανουαρίου",
      "ינואר", "يناير", "جانفي", "ژانویه", "جنوری", "जनवरी", "জানুয়ারি", "ஜனவரி", "జనవరి", "มกราคม", "sausio", "janvāris", "janvārī", "jaanuar"],
    &["february", "otsaila", "ဖေဖော်ဝါရီ", "កុម្ភៈ", "กพ", "pebrero", "februali", "თებერვალი", "փետրվարի", "ақпан", "februar", "februari", "feber", "février", "fevrier", "febrero", "fevereiro", "febbraio", "febrer", "febreiro", "helmikuuta",
      "lutego", "luty", "února", "únor", "februára", "veljače", "februarja", "februarie", "február", "şubat", "февраля", "февраль", "лютого",
      "февруари", "фебруар", "φεβρουαρίου", "פברואר", "فبراير", "فيفري", "شباط", "فوریه", "فروری", "फरवरी", "फ़रवरी", "ফেব্রুয়ারি", "பிப்ரவரி", "ఫిబ్రవరి",
      "กุมภาพันธ์", "vasario", "februāris", "februārī", "veebruar"],
    &["march", "martxoa", "မတ်", "មីនា", "มีค", "marso", "მარტი", "մարտի", "наурыз", "märz", "mrz", "maart", "mrt", "mars", "marzo", "março", "marco", "març", "marts", "maaliskuuta", "marca", "marzec", "března",
      "březen", "ožujka", "martie", "március", "mart", "марта", "март", "березня", "μαρτίου", "מרץ", "מרס", "مارس", "آذار", "مارچ", "मार्च", "মার্চ",
      "மார்ச்", "మార్చి", "มีนาคม", "kovo", "martā", "märts"],
    &["april", "apirila", "ဧပြီ", "មេសា", "เมย", "aprili", "აპრილი", "ապրիլի", "сәуір", "avril", "abril", "aprile", "huhtikuuta", "kwietnia", "kwiecień", "dubna", "duben", "apríla", "travnja", "aprila", "aprilie",
      "április", "nisan", "апреля", "апрель", "квітня", "април", "απριλίου", "אפריל", "أبريل", "ابريل", "إبريل", "أفريل", "نيسان", "آوریل", "اپریل", "अप्रैल",
      "এপ্রিল", "ஏப்ரல்", "ఏప్రిల్", "เมษายน", "balandžio", "aprīlis", "aprīlī", "aprill"],
    &["may", "maiatza", "မေ", "ឧសភា", "พค", "მაისი", "մայիսի", "мамыр", "mai", "mayo", "maio", "maggio", "maig", "mei", "maj", "maja", "toukokuuta", "května", "květen", "mája", "svibnja", "május", "mayıs",
      "мая", "май", "травня", "мај", "μαΐου", "μαίου", "μάιος", "מאי", "مايو", "ماي", "أيار", "مه", "مئی", "मई", "মে", "மே", "మే", "พฤษภาคม", "gegužės",
      "maijs", "maijā"],
    &["june", "ekaina", "ဇွန်", "មិថុនា", "มิย", "jun", "hunyo", "ივნისი", "հունիսի", "маусым", "juni", "juin", "junio", "junho", "giugno", "juny", "xuño", "kesäkuuta", "czerwca", "czerwiec", "června", "červen", "júna", "lipnja",
      "junija", "iunie", "június", "haziran", "июня", "июнь", "червня", "юни", "јун", "ιουνίου", "יוני", "يونيو", "جوان", "حزيران", "ژوئن", "جون", "जून",
      "জুন", "ஜூன்", "జూన్", "มิถุนายน", "birželio", "jūnijs", "jūnijā", "juuni"],
    &["july", "uztaila", "ဇူလိုင်", "កក្កដា", "กค", "julai", "hulyo", "ივლისი", "հուլիսի", "шілде", "juli", "juillet", "julio", "julho", "luglio", "juliol", "xullo", "heinäkuuta", "lipca", "lipiec", "července", "červenec", "júla",
      "srpnja", "julija", "iulie", "július", "temmuz", "июля", "июль", "липня", "юли", "јул", "ιουλίου", "יולי", "يوليو", "جويلية", "تموز", "ژوئیه", "جولائی",
      "जुलाई", "জুলাই", "ஜூலை", "జూలై", "กรกฎาคม", "liepos", "jūlijs", "jūlijā", "juuli"],
    &["august", "abuztua", "ဩဂုတ်", "សីហា", "สค", "agosti", "აგვისტო", "օգոստոսի", "тамыз", "augustus", "augusti", "août", "aout", "agosto", "agost", "agustus", "ogos", "elokuuta", "sierpnia", "sierpień", "srpna", "srpen",
      "augusta", "kolovoza", "avgusta", "augusztus", "ağustos", "августа", "август", "серпня", "αυγούστου", "אוגוסט", "أغسطس", "اغسطس", "أوت", "آب",
      "اوت", "اگست", "अगस्त", "আগস্ট", "ஆகஸ்ட்", "ఆగస్టు", "สิงหาคม", "rugpjūčio", "augusts", "augustā"],
    &["september", "iraila", "စက်တင်ဘာ", "កញ្ញា", "กย", "septemba", "setyembre", "სექტემბერი", "սեպտեմբերի", "қыркүйек", "sept", "septembre", "septiembre", "setiembre", "setembro", "settembre", "setembre", "syyskuuta", "września", "wrzesień", "září",
      "septembra", "rujna", "septembrie", "szeptember", "eylül", "сентября", "сентябрь", "вересня", "септември", "септембар", "σεπτεμβρίου", "ספטמבר",
      "سبتمبر", "أيلول", "سپتامبر", "ستمبر", "सितंबर", "सितम्बर", "সেপ্টেম্বর", "செப்டம்பர்", "సెప్టెంబర్", "กันยายน", "rugsėjo", "septembris", "septembrī"],
    &["october", "urria", "အောက်တိုဘာ", "តុលា", "ตค", "oktoba", "oktubre", "ოქტომბერი", "հոկտեմբերի", "қазан", "oktober", "octobre", "octubre", "outubro", "ottobre", "lokakuuta", "października", "październik", "října", "říjen", "októbra",
      "listopada", "oktobra", "octombrie", "október", "ekim", "октября", "октябрь", "жовтня", "октомври", "октобар", "οκτωβρίου", "אוקטובר", "أكتوبر",
      "اكتوبر", "تشرين الأول", "اکتبر", "اکتوبر", "अक्टूबर", "अक्तूबर", "অক্টোবর", "அக்டோபர்", "అక్టోబర్", "ตุลาคม", "spalio", "oktobris", "oktobrī", "oktoober"],
    &["november", "azaroa", "နိုဝင်ဘာ", "វិច្ឆិកា", "พย", "novemba", "nobyembre", "ნოემბერი", "նոյեմբերի", "қараша", "novembre", "noviembre", "novembro", "marraskuuta", "listopad", "listopadu", "novembra", "studenoga", "noiembrie", "kasım",
      "ноября", "ноябрь", "листопада", "ноември", "новембар", "νοεμβρίου", "נובמבר", "نوفمبر", "نوامبر", "نومبر", "नवंबर", "नवम्बर", "নভেম্বর", "நவம்பர்",
      "నవంబర్", "พฤศจิกายน", "lapkričio", "novembris", "novembrī"],
    &["december", "abendua", "ဒီဇင်ဘာ", "ធ្នូ", "ธค", "desemba", "disember", "disyembre", "დეკემბერი", "դեկտեմբերի", "желтоқсан", "dezember", "décembre", "decembre", "diciembre", "dezembro", "dicembre", "desember", "desembre", "joulukuuta", "grudnia",
      "grudzień", "prosince", "prosinec", "decembra", "prosinca", "decembrie", "aralık", "декабря", "декабрь", "грудня", "декември", "децембар",
      "δεκεμβρίου", "דצמבר", "ديسمبر", "دسامبر", "دسمبر", "दिसंबर", "दिसम्बर", "ডিসেম্বর", "டிசம்பர்", "డిసెంబర్", "ธันวาคม", "gruodžio", "decembris",
      "decembrī", "detsember"],
];

/// Fewest letters of an abbreviation.
const LETTERS_MIN: usize = 3;

/// The month, from 1, of a name or its abbreviation.
pub(super) fn month(name: &str) -> Option<i16> {
    let name = name.to_lowercase();
    let known = |name: &str| {
        let whole = NAMES.iter().position(|names| names.contains(&name));
        let begins = || {
            let long_enough = name.chars().count() >= LETTERS_MIN;
            NAMES.iter().position(|names| long_enough && names.iter().any(|full| full.starts_with(name)))
        };
        whole.or_else(begins)
    };
    // Hebrew puts its "in" before the month's name.
    let at = known(&name).or_else(|| name.strip_prefix('ב').and_then(known))?;
    i16::try_from(at + 1).ok()
}

/// The month, from 1, of a name in full.
pub(super) fn month_in_full(name: &str) -> Option<i16> {
    let name = name.to_lowercase();
    let at = NAMES.iter().position(|names| names.contains(&name.as_str()))?;
    i16::try_from(at + 1).ok()
}

/// Whether a word is a month's name in full.
pub(super) fn is_full_name(name: &str) -> bool {
    let name = name.to_lowercase();
    NAMES.iter().any(|names| names.contains(&name.as_str()) && name.chars().count() > LETTERS_MIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_month() {
        for (at, names) in NAMES.iter().enumerate() {
            for name in *names {
                assert_eq!(month(name), i16::try_from(at + 1).ok(), "{name}");
                assert!(NAMES.iter().filter(|others| others.contains(name)).count() == 1, "{name}");
            }
        }
        for (name, expected) in
            [("Jan", 1), ("Sept", 9), ("févr", 2), ("juil", 7), ("Mrz", 3), ("dez", 12), ("Okt", 10), ("במרץ", 3)]
        {
            assert_eq!(month(name), Some(expected), "{name}");
        }
        for none in ["decisive", "mayor", "marketing", "ma", "", "juniper"] {
            assert_eq!(month(none), None, "{none}");
        }
    }
}
