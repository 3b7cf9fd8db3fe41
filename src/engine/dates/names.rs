//! The names of months and zones that dates are written with.

/// Zones and their minutes east of Greenwich. Of names that several zones share, the one that feeds mean.
pub(super) const ZONES_MIN: &[(&str, i32)] = &[
    ("z", 0),
    ("ut", 0),
    ("utc", 0),
    ("gmt", 0),
    ("wet", 0),
    ("west", 60),
    ("bst", 60),
    ("cet", 60),
    ("met", 60),
    ("mez", 60),
    ("cest", 120),
    ("mest", 120),
    ("mesz", 120),
    ("eet", 120),
    ("sast", 120),
    ("eest", 180),
    ("msk", 180),
    ("ist", 330),
    ("hkt", 480),
    ("sgt", 480),
    ("awst", 480),
    ("jst", 540),
    ("kst", 540),
    ("acst", 570),
    ("aest", 600),
    ("aedt", 660),
    ("nzst", 720),
    ("nzdt", 780),
    ("nst", -210),
    ("adt", -180),
    ("brt", -180),
    ("at", -240),
    ("ast", -240),
    ("edt", -240),
    ("et", -300),
    ("est", -300),
    ("cdt", -300),
    ("ct", -360),
    ("cst", -360),
    ("mdt", -360),
    ("mt", -420),
    ("mst", -420),
    ("pdt", -420),
    ("pt", -480),
    ("pst", -480),
    ("akdt", -480),
    ("akst", -540),
    ("hst", -600),
    // Military letters, with the signs that RFC 822 gave them.
    ("a", -60),
    ("m", -720),
    ("n", 60),
    ("y", 720),
];

/// Beginnings of months' names, lower case; a name is looked up from the top, so a longer beginning stands before a
/// shorter one that it begins with.
#[rustfmt::skip]
pub(super) const MONTHS: &[(&str, i8)] = &[
    ("jan", 1), ("feb", 2), ("mar", 3), ("apr", 4), ("may", 5), ("jun", 6), ("jul", 7), ("aug", 8), ("sep", 9),
    ("oct", 10), ("nov", 11), ("dec", 12),
    // German, Dutch, Scandinavian
    ("jän", 1), ("mär", 3), ("mrt", 3), ("maa", 3), ("mai", 5), ("mei", 5), ("maj", 5), ("okt", 10), ("dez", 12), ("des", 12),
    // French
    ("fév", 2), ("fev", 2), ("avr", 4), ("juin", 6), ("juil", 7), ("août", 8), ("aou", 8), ("aoû", 8), ("déc", 12),
    // Spanish, Portuguese, Italian
    ("ene", 1), ("abr", 4), ("ago", 8), ("set", 9), ("out", 10), ("dic", 12), ("gen", 1), ("mag", 5), ("giu", 6), ("lug", 7),
    ("ott", 10),
    // Hungarian
    ("már", 3), ("ápr", 4), ("máj", 5), ("jún", 6), ("júl", 7), ("szep", 9),
    // Polish, Czech
    ("sty", 1), ("lut", 2), ("kwi", 4), ("cze", 6), ("lip", 7), ("sie", 8), ("wrz", 9), ("paź", 10), ("lis", 11), ("gru", 12),
    // Russian, Ukrainian
    ("янв", 1), ("фев", 2), ("мар", 3), ("апр", 4), ("май", 5), ("мая", 5), ("июн", 6), ("июл", 7), ("авг", 8), ("сен", 9),
    ("окт", 10), ("ноя", 11), ("дек", 12),
    // Greek
    ("ιαν", 1), ("φεβ", 2), ("μάι", 5), ("μαϊ", 5), ("μαι", 5), ("μά", 3), ("μα", 3), ("απρ", 4), ("ιούν", 6), ("ιουν", 6),
    ("ιον", 6), ("ιούλ", 7), ("ιουλ", 7), ("ιολ", 7), ("αύγ", 8), ("αυγ", 8), ("σεπ", 9), ("οκτ", 10), ("νοέ", 11),
    ("νοε", 11), ("δεκ", 12),
    // Turkish
    ("oca", 1), ("şub", 2), ("nis", 4), ("haz", 6), ("tem", 7), ("ağu", 8), ("eyl", 9), ("eki", 10), ("kas", 11), ("ara", 12),
];
