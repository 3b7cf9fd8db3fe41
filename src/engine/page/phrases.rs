//! Prompts, credits and notes that publishers put around an article, told by what they say: in English, German, French,
//! Spanish, Italian, Portuguese, Dutch, Russian, Chinese and Japanese. Each list is read only where such text stands (see
//! `prune`), so that an article about a subscription is not cut.

use std::sync::LazyLock;

use super::pattern::Phrases;

/// Longest block that a prompt has, in characters.
const PROMPT_MAX_CHARS: u32 = 320;
/// Longest line above the body.
const HEAD_MAX_CHARS: usize = 220;
/// A line above the body that ends as a sentence does has no more words.
const HEAD_MAX_WORDS: usize = 14;
/// Longest block that a note at the tail has, in characters.
const TAIL_MAX_CHARS: u32 = 900;

/// Longest line of names, in bytes beside the names.
const NAME_LINE_MORE_BYTES: usize = 120;

/// What only a form says, in a sentence or not.
static FORM: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(
        r"\b(?:
        (delivered|sent|straight|directly|right|news|stories|headlines)\b[^.]{0,30}\b(to|in|into|meet)\ your\ (e-?mail\ )?inbox | protected\ by\ (re|h)captcha
        | by\ (signing\ up|subscribing|registering|submitting|clicking)\b[^.]*\byou\b[^.]*\b(agree|accept|consent|acknowledge)
        | when\ you\ (sign\ up|subscribe|register)\ (for|to)\b | (takes?|respects?)\ your\ privacy\b | privacy\ policy\b[^.]{0,20}\bterms\ of\ (use|service) | (log|sign)(ged)?\ ?in\ to\ (comment|post|reply|leave)
        )",
    )
});

/// Prompts that are none of the article wherever they stand.
static ANYWHERE: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(
        r"^\W*(?:
        advertisement | advertising | adverts? | ad | ads | iklan | sponsored\ links | quảng\ cáo | reklam[aey]? | реклама | 広告 | 广告 | sponsored(\ content)? | promoted(\ content)? | paid\ post | anzeige | werbung | publicidad | publicité | pubblicità
        | 分享(到|至|按钮)?[:：]?[^，。！？]{0,20} | (为您|热门|相关|编辑|猜你)(推荐|喜欢)[:：]? | watch\ (the\ )?video\W*[\d:]*
        | (story|article)\ continue[sd]\ (below|after)\b.* | \[embed\] | caption | close | previous | copied | text\ size | (hide|show|toggle)\ caption | back\ to\ (gallery|top) | (enlarge|expand)(\ (this\ )?image)? | media\ playback\ is\ .*support.*
        | ((last\ )?updated|published|posted)\b.*\d:\d\d.* | (if\ you\ .*)?please\ (register|log\ ?in|sign\ ?in)\b.* | follow\ (us|(?-i:The\ \p{Lu}).{2,}) | pages?:?(\ \d{1,2})+ | continue\ reading(\ the\ main\ story|\ below)?\b.* | (.*\ )?loading\W* | \d{1,2}\.?\ \p{L}{3,12}\.?,?(\ \d{4},?)?\ \d{1,2}[:.]\d\d | skip\ advertisement
        | (read|see|watch|listen|view|click)\ (more|also|next|here|now|full\ story)(\W* | \W*(about|on|from|at|here|in|stories|of|to)\b.* | \s?[:：>»|–—→-].*) | also\ (read|see|watch)\b.* | read\ (the\ )?(full|rest|original)\b.*
        | (like|enjoy(ed)?|love)\ this\ (story|article|post)\?.* | (image|photo|slide|picture)?\s?\d{1,3}\ ?(of|/)[\ /]*\d{1,3} | \(?(image|photo|picture|media|video)\ ?(caption|copyright|credit)s?.{2,} | you\ (may|might)\ also\ (be\ interested|like|enjoy)\b.*
        | \[/?(?-i:[a-z_]{3,20})(\ [a-z_-]+=[^\]]*)?\].* | \[(read|watch|see|listen|more|related)(\ (more|also))?:[^\]]*\] | ©.{2,}
        | (related|recommended|more|trending|popular|latest|top|must[\ -]read|don.t\ miss|you\ (may|might)\ (also\ )?like|editor.?s?.?\ picks?|in\ case\ you\ missed\ it|suggested)(\ (stories|articles|news|content|coverage|topics|reading|posts|links|videos?|from\ .{2,}|on\ this\ story|in\ .{2,}))?\W*:?
        | (related(\ (post|story|article|video|reading|content|recipe|link)s?)?|read\ more|more|see\ also|also|watch|read|listen|video|photos?|gallery|opinion|analysis|explainer|fact\ check)\W*[:|»>]\s.{3,} | related\ (article|story|video)
        | (sign\ up|subscribe|register|log\ in|sign\ in|join\ us|donate|support\ us|become\ a\ (member|subscriber|patron))\b.*
        | get\ .{2,}\ (delivered|sent)\ .*\binbox\b.* | get\ (the|our|breaking|daily|all|more|free|unlimited)\b.*\b(newsletter|inbox|app|alerts?|access|delivered)\b.*
        | (follow|like|find|add|join|connect\ with)\ (us|me|him|her|them|@\w+|.{2,})\ (on|at|via)\ (twitter|facebook|instagram|x|linkedin|youtube|telegram|whatsapp|tiktok|pinterest|snapchat|google)\b.*
        | (share|tweet|e-?mail|print|pin|save|twittern|teilen|mitteilen|drucken|merken|partager|imprimer|compartir|condividi|stampa|поделиться|シェア|ツイート|copy\ link|whatsapp|facebook|twitter|linkedin|reddit|pinterest|flipboard|telegram)(\ (this|via|on|to|with|link|story|article|page|post|by)\b.*)?(\W+(share|tweet|e-?mail|print|facebook|twitter|linkedin|reddit|pinterest|whatsapp|comments?|copy\ link|link))*\W*
        | (download|get)\ (the|our)\ .*app\b.* | this\ (video|content|browser|player|element|slideshow|gallery|map|chart|widget)\b.*\b(not\ (available|supported)|requires|can\ ?not|unavailable|could\ not)\b.*
        | (please\ )?(enable|turn\ on)\ javascript\b.* | (leave|post|add|write)\ (a\ )?(comment|reply)\b.* | \d+\ (comments?|shares?|views?|likes?)\W* | comments?\ (\(\d+\)|are\ closed)?\W*
        | (image|photo|picture|foto|bild|video|imagen|crédit)?\s*(source|credit|copyright|caption|by|quelle|crédit)?\s*:\s*(getty|reuters|afp|ap|epa|shutterstock|istock|alamy|dpa|pixabay|unsplash)\b.*
        | (weiterlesen|mehr\ zum\ thema|lesen\ sie\ auch|lesen\ sie\ hier|à\ lire\ aussi|lire\ aussi|lee\ también|lea\ también|te\ puede\ interesar|leggi\ anche|leia\ (também|mais)|lees\ ook)\b.*
        | (читайте\ также|相关阅读|相关新闻|延伸阅读|関連記事|あわせて読みたい|责任编辑|責任編輯).*
        )$",
    )
});

/// Lines above the body: byline, date, reading time, section.
static HEAD: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(
        r"^\W*(?:
        (by|von|par|por|di|door|автор|作者|文)\W\s*(?-i:[\p{Lu}\p{Lo}@])[^.!?]+
        | (بقلم|מאת)\W[^.!?]{2,40}
        | (written|reported|reviewed|edited|produced|photographs?|photos?|illustration)\ by\b[^.!?]{2,}
        | ((first|originally|last)\ )?(published|posted|updated|modified|created|veröffentlicht|aktualisiert|publié\ le|publicado|actualizado|pubblicato|stand|erstellt)\b[^.!?]*\d[^!?]*
        | (mon|tues?|wed(nes)?|thu(rs)?|fri|sat(ur)?|sun)(day)?\W{0,3}[^.!?]*\d{1,4}[^!?]*
        | (jan(uary)?|feb(ruary)?|mar(ch)?|apr(il)?|may|june?|july?|aug(ust)?|sept?(ember)?|oct(ober)?|nov(ember)?|dec(ember)?)\.?\ \d{1,2}\W[^!?]*
        | \d{1,2}[./-]\d{1,2}[./-]\d{2,4}[^.!?]* | \d{1,2}\.?\ \p{L}{3,12}\ \d{4}[^!?]* | \d{4}-\d{2}-\d{2}[^!?]* | \d{4}(/|\.|年)\d{1,2}(/|\.|月)\d{1,2}[^，。！？]*
        | (tempo\ de\ leitura|tiempo\ de\ lectura|temps\ de\ lecture|lesezeit|reading\ time|leestijd|время\ чтения)\W.+
        | \d+\ ?(min(ute)?s?|мин|分)\W?(\ read|\ lesezeit|\ de\ lecture)? | \d+\ (hours?|days?|minutes?|weeks?)\ ago
        | [^\s，。！？:：]{0,12}(记者|記者|通讯员)[\ :：]\ ?[^，。！？:：]{2,40}
        | (image|photo|picture|foto|bild)\ ?:\ [^.!?:]{2,40}
        | (region|theme|topics?|tags?|section|category|categories|filed\ under|kategorie|rubrique)\W*:[^.!?]+
        | (listen|play|watch)(\ to)?\ (this\ )?(article|audio|video|story)\b.* | (image|photo|picture)\ (caption|credit|copyright)\b.*
        | all\ .{2,}\ articles\ can\ be\ read\b.* | .*\b(translate|drop[\ -]?down\ menu|select\ language)\b.*\b(website|menu|button|page|banner)\b.*
        )$",
    )
});

/// Notes below the body: who wrote it, who holds the rights, what else to read, whom to write to.
static TAIL: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(
        r"^\W*(?:
        (copyright|©|\(c\)\ |all\ rights\ reserved|alle\ rechte\ vorbehalten|tous\ droits\ réservés|todos\ los\ derechos).*
        | (the\ )?(original\ source|source|quelle|fuente)\ (of\ this\ (article|story)\ )?(is|:)\s?.*
        | (this\ (article|story|post|piece|report|column)|the\ article)\ (was\ |is\ |has\ been\ |first\ |originally\ |also\ )*(originally\ )?(published|appeared|posted|republished|reprinted|syndicated|written|produced|created|generated|part\ of|edited|translated)\b.*
        | (originally|first)\ published\b.* | republished\b.* | reprinted\b.* | (reporting|writing|editing|additional\ reporting|compiled|edited|translated|produced|graphics?|photography|with\ (reporting|files|additional\ reporting|assistance))\ (and\ \w+\ )?(by|from)\b.*
        | (medically\ |fact[\ -])?(reviewed|checked)\ by\ (?-i:\p{Lu}).{2,} | \(?(reporting|editing|writing|additional\ reporting|compiled|edited)\ (and\ \w+\ )?by\b.*
        | (disclaimer|disclosure|legal\ notice|haftungsausschluss|note\ to\ (readers|editors)|editor.?s?\ note:\ this\ (post|article)\ (first|originally)|about\ the\ (author|writer|company)|author\ bio|articles?\ by)\b\W.*
        | (about|über|à\ propos\ de)\ (the\ |us|our\ |this\ )?[^.!?,]*
        | (contact|media\ contacts?|for\ (more|further|media|press|additional)\ (information|inquiries|enquiries|details|queries)|press\ contact|investor\ relations)\b.*
        | (?-i:[\w.+-]+@[\w-]+\.[\w.-]+)\W*(\ .*)?
        | (follow|like|find)\ .{2,}\ on\ .{2,} | (twitter|facebook|instagram|x|telegram)\W*[:@].* | @\w{2,}\W*
        | (please\ )?((share|forward)\ (this|it|your|the\ (article|story|post|news)|on|via|with)|click\ the\ share|comment\ on\ (this|our)|let\ us\ know|tell\ us\ (what|your|about)|what\ do\ you\ think|have\ (you\ )?(a|any)\ (tip|story|question|thoughts))\b.*
        | (subscribe|sign\ up|become\ a\ (member|subscriber|patron|supporter|fan)|support\ (us|our|independent|quality|this)|donate\ (to|now|today|here|via)|help\ us|join\ (us|our|the\ conversation|thousands))\b.*
        | (tags?|topics?|keywords|filed\ under|categories|more\ (about|on|from)|read\ more|related(\ (topics|articles|stories))?|themen|schlagworte)\s?[:：|].* | more\ (about|on|from)\ [^.!?]{2,} | related\ (topics|articles|stories|content|news)\W*
        | (e-?mail|write\ to|reach|contact|follow|tweet)\ .{2,}\ (at|on|via)\ .*(@|twitter|facebook|https?:).* | (more|for\ more|follow|read|see|find|visit|full)\ [^.!?]*(https?://|www\.).*
        | (next|previous)\ (article|post|story|page)\b.* | (source|sources|via|photo|image|cover\ photo|featured\ image|picture|video|pic)\W*:\s.{2,}
        | (click|tap)\ here\b.* | (want|looking|interested|got|need|love)\b.*\?\ ?(sign|subscribe|click|follow|check|join|get|read|try|let).*
        | (ap|afp|reuters|pti|ians|ani|dpa|xinhua|tass|ansa|efe|upi|cnn|bloomberg)\W{0,4} | .{2,}(/|\ \|\ |,\ )?(reuters|afp|ap|pti|bloomberg)\W{0,3}contributed.*
        | (جميع\ )?(الآراء|المقالات)\ .*لا\ تعبر\ .* | our\ standards\s?:.* | the\ views\ expressed\b.* | (the\ )?(opinions|views)\ .*\ (are|do\ not|represent|reflect)\b.*
        | (we|this\ site|our\ site|some\ of\ the\ links)\b.*\b(may\ (earn|receive)|affiliate|commission)\b.*
        | (quelle|источник|来源|來源|出典|責任編輯|责任编辑|编辑|記者|编辑者)\s?[:：].* | (（|\()\ ?(责编|责任编辑|编辑|責任編輯|校对|审核|文责).+ | (المصدر|مصدر)\ ?:.*
        | (more\ information|citation|journal\ (information|reference)|provided\ by|permalink|short\ link|kurzlink)\ ?:.* | (?-i:\(?[a-zäöü]{2,4}\)?)
        | (submit|send)\ (us\ )?(your|a)\ (letters?|stor(y|ies)|tips?|op-?eds?)\b.*
        | forward[\ -]looking\ statements?\b.* | (view|see)\ (original\ content|source\ version|all\ comments)\b.*
        )$",
    )
});

/// What notes below the body say anywhere in them.
static INSIDE: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(
        r"\b(?:
        all\ rights\ reserved | may\ not\ be\ (published|reproduced|republished|copied) | reproduction\ in\ whole | subject\ to\ copyright
        | do(es)?\ not\ (necessarily\ )?(reflect|represent)\ the\ (views|opinions|position|editorial) | fair\ use
        )\b",
    )
});

/// As [`INSIDE`], where the block is no longer than a prompt.
static INSIDE_PROMPT: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(
        r"\b(?:
        (can|may)\ be\ reached\ at\b | contact\ (the\ (author|writer|reporter)|him|her|us|me)\ (at|on|via|by)\b
        | email\ (him|her|us|the\ (author|writer|reporter)|me)\ (at\b|on\b|via\b|:) | e-mail: | reach\ (him|her|us)\ (at|on|via)\b
        | visit\ (my|his|her|our)\ (web\ ?site|blog) | click\ here\b | may\ (earn|receive|get|collect)\ [^.]{0,40}\bcommissions?\b
        | contributed\ (to\ (this|the)\ (report|story|article)|reporting|from)\b
        )",
    )
});

/// Invitations, where nobody is quoted.
static INVITES: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(
        r"\b(?:(our|this|free|daily|weekly)\ (\S+\ ){0,3}(newsletters?|mailing\ list)|subscribe\ (to|here|now|today|for|and)|sign\ up\ (for|to)\ [^.]{0,30}newsletters?)\b",
    )
});

/// A picture's credit.
static PICTURE: LazyLock<Phrases> =
    LazyLock::new(|| Phrases::new(r"\b(photos?|images?|pictures?|photograph[sy]?)\b[^.]{0,20}(©|\(c\)|courtesy)"));

/// A note below the body, whatever it begins with.
fn is_note(text: &str, chars: u32) -> bool {
    TAIL.is_match(text)
        || INSIDE.is_match(text)
        || (chars <= PROMPT_MAX_CHARS
            && (INSIDE_PROMPT.is_match(text) || (!text.contains(['“', '”', '"']) && INVITES.is_match(text))))
}

/// How a note on its author begins. Whether the whole is one is [`is_bio`]'s.
static BIO: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(
        r"^\W*(?-i:(?:\p{Lu}[\p{L}.'’-]*\ ){2,4})(?:
        (is|was|has\ been)\ (a|an|the|our|also|currently|now|based|editor|director|(?-i:[\p{L}’])+[’']s)\b[^.]*?\b(author|writer|reporter|correspondent|journalist|editor|columnist|contributor|professor|fellow|
        analyst|director|researcher|staff|student|blogger|lecturer|producer|founder|critic)\b
        | (writes|covers|reports|blogs|edits|tweets)\ [^.]*?\b(for|about|on|at|from|in)\b
        )",
    )
});

/// Within so many bytes a note on its author says what the author is.
const BIO_MAX_BYTES: usize = 180;

/// Whether a text says who somebody is. Lengths are measured here: a bounded repetition of letters of every script makes
/// an automaton of tens of megabytes.
fn is_bio(text: &str) -> bool {
    // «The Wire reports that …» tells news, and a publication is nobody.
    let says = |begun: &str| !begun.starts_with("The ") && !begun.contains(" reports that ");
    BIO.end(text).filter(|end| *end <= BIO_MAX_BYTES).and_then(|end| text.get(..end)).is_some_and(says)
}

/// Whether a line is the one in which an agency names who reported and edited.
pub(super) fn signs_off(text: &str) -> bool {
    ["(Reporting by ", "(Additional reporting by ", "(Writing by ", "(Reporting and writing by ", "Reporting by "]
        .iter()
        .any(|start| text.starts_with(start))
        && (text.starts_with('(') || text.contains("diting by "))
}

/// Whether a line is that in which an author signs below the text: «Par Jo Arden».
fn is_signature(text: &str) -> bool {
    let Some((by, name)) = text.split_once(' ') else { return false };
    let is_by = ["by", "von", "par", "por", "di", "door"].iter().any(|word| by.eq_ignore_ascii_case(word));
    let is_part = |word: &str| {
        word.starts_with(char::is_uppercase)
            && word.chars().all(|c| c.is_alphabetic() || matches!(c, '.' | '-' | '’' | '\''))
    };
    let words: Vec<&str> = name.split_whitespace().filter(|word| !NAME_PARTICLES.contains(word)).collect();
    is_by && (2..=4).contains(&words.len()) && words.iter().all(|word| is_part(word))
}

/// Words inside names that begin in lower case.
const NAME_PARTICLES: [&str; 9] = ["de", "da", "di", "du", "van", "von", "der", "el", "la"];

/// Longest such line, in characters.
const SIGNATURE_MAX_CHARS: u32 = 40;
/// The rule that takes it out.
pub(super) const SIGNED: &str = "signature";

/// A heading under which a page goes on to other things: its next stories, its readers, its owner.
static CLOSING: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(
        r"^\W*(?:
        (related|recommended|trending|popular|most\ (read|popular|viewed|shared)|top|latest|partner|more)\b[^.!?]{0,60}\b(stories|articles|news|links|posts|coverage|reading|content|videos|section|topics|on\ this)\W*
        | (next|previous)\ (article|story|post) | (nächste[rs]?|vorherige[rs]?)\ (artikel|beitrag) | (article|billet)\ (suivant|précédent) | (artículo|noticia)\ (siguiente|anterior) | (siguiente|próximo|prossimo)\ (artículo|artigo|articolo)
        | (related|most\ read|most\ popular|trending|read\ next|further\ reading|you\ may\ also\ like|see\ also|comments?|\d+\ comments?|leave\ a\ (reply|comment)|join\ the\ conversation|about\ the\ authors?|share\ this)\W*
        | (kommentare|commentaires|comentarios|comentários|commenti|комментарии|отзывы|похожие\ статьи|コメント)\W*
        )$",
    )
});

/// A label over links to other stories, as it stands within articles too.
static LABEL: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(
        r"^\W*(?:related(\ (links|stories|articles|news|content|topics))?|read\ (next|more|also)|see\ also|also\ read|mehr\ zum\ thema|lesen\ sie\ auch|sur\ le\ même\ sujet|à\ lire\ aussi
        |leggi\ anche|lea\ también|leia\ também|читайте\ также|相关(阅读|新闻|文章)|延伸阅读|関連記事)\W*$",
    )
});

/// The heading over what a publisher says of itself at the end of a press release.
static ABOUT: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(
        r"^\W*(?:about|über|à\ propos\ de|acerca\ de|sobre|关于)\ (?-i:\p{Lu}|\p{Lo}|the\ |us\b)[^.!?,;]{0,50}$",
    )
});

/// Words with a capital in such a heading that name nobody.
const NAMELESS: [&str; 7] = ["The", "This", "That", "These", "Those", "Our", "De"];

/// A note on a publisher names it so early.
const NAMED_WITHIN_CHARS: usize = 100;

/// Whether a short line opens the part below an article.
pub(super) fn closes(text: &str) -> bool {
    CLOSING.is_match(text) && !LABEL.is_match(text)
}

/// Whether a short line is a label over links to other stories.
pub(super) fn labels_links(text: &str) -> bool {
    LABEL.is_match(text)
}

/// Whether a short line is the heading over a publisher's note on itself, where `below` is the text under it: that begins
/// with the name in the heading. A section of the article, "About the ceasefire", has none.
pub(super) fn heads_about(text: &str, below: &str) -> bool {
    if !ABOUT.is_match(text) {
        return false;
    }
    let names = |word: &&str| !word.starts_with(char::is_lowercase) && !NAMELESS.contains(word);
    let name = text.split_whitespace().skip(1).find(names);
    let starts: String = below.chars().take(NAMED_WITHIN_CHARS).collect();
    name.map_or_else(|| text.trim_end().ends_with(" us"), |name| starts.contains(name.trim_end_matches(':')))
}

/// Whether a heading may be one over such a note, by its words alone.
pub(super) fn may_head_about(text: &str) -> bool {
    ABOUT.is_match(text)
}

/// Whether a sentence says where more can be read, and gives no address.
pub(super) fn leads_elsewhere(text: &str) -> bool {
    text.starts_with("For more ")
        && !text.contains(['@', '“', '"'])
        && !["http", "www.", "ontact", "mail", "visit"].iter().any(|word| text.contains(word))
}

/// A prompt that is none of the article, wherever it stands; names the rule.
pub(super) fn anywhere(text: &str, chars: u32, link_density: f64) -> Option<&'static str> {
    if chars > PROMPT_MAX_CHARS {
        return None;
    }
    // Short lines only, or lines that lead elsewhere: "Read more slowly, she said" is prose.
    let is_line = chars <= 60 || link_density > 0.3 || !text.ends_with(['.', '!', '?', '”', '"', '。']);
    // Each of them has one of these words, which few texts have.
    let may_be_form = [
        "inbox",
        "captcha",
        "agree",
        "accept",
        "consent",
        "acknowledge",
        "rivacy",
        "ign up",
        "ubscribe",
        "og in",
        "ign in",
        "login",
    ]
    .iter()
    .any(|word| text.contains(word));
    if may_be_form && FORM.is_match(text) && !text.contains(['“', '”', '"']) {
        return Some("what a form says");
    }
    let is_credit = || chars <= 160 && !text.ends_with('.') && PICTURE.is_match(text);
    (is_line && (ANYWHERE.is_match(text) || is_credit())).then_some("share, subscribe, related or advertisement")
}

/// A line above the body; names the rule.
pub(super) fn at_head(text: &str, authors: &[String], site: Option<&str>) -> Option<&'static str> {
    if text.chars().count() > HEAD_MAX_CHARS {
        return None;
    }
    if is_name_line(text, authors, site) {
        return Some("author or publication");
    }
    // A report that begins with its day goes on as a sentence.
    let is_prose = text.ends_with('.') && text.split_whitespace().count() > HEAD_MAX_WORDS;
    (!is_prose && HEAD.is_match(text)).then_some("byline, date or details")
}

/// A note below the body; names the rule.
pub(super) fn at_tail(text: &str, chars: u32, authors: &[String], site: Option<&str>) -> Option<&'static str> {
    if chars > TAIL_MAX_CHARS {
        return None;
    }
    if is_name_line(text, authors, site) {
        return Some("author or publication");
    }
    if authors.iter().any(|author| is_about(text, author)) {
        return Some("about the author");
    }
    if chars <= SIGNATURE_MAX_CHARS && is_signature(text) {
        return Some(SIGNED);
    }
    if is_bio(text) && chars < 420 {
        return Some("about the author");
    }
    is_note(text, chars).then_some("credits, rights, contact or prompt")
}

/// Whether a text speaks of its author or to its reader, as the notes set in italics below an article do.
pub(super) fn speaks_of_author_or_reader(text: &str) -> bool {
    let chars = u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
    is_note(text, chars) || is_bio(text) || ANYWHERE.is_match(text)
}

fn is_about(text: &str, author: &str) -> bool {
    author.chars().count() > 4
        && text.strip_prefix(author).is_some_and(|rest| {
            let rest = rest.trim_start_matches([',', ' ', ':']);
            ["is ", "was ", "writes", "covers", "lives", "has ", "reports", "can be", "ist ", "est ", "es ", "a "]
                .iter()
                .any(|verb| rest.starts_with(verb))
        })
}

/// A line that names nobody but the authors or the publication: "Jo Arden, The Post".
fn is_name_line(text: &str, authors: &[String], site: Option<&str>) -> bool {
    // Two words may be left beside the names.
    let names: usize = authors.iter().map(String::len).chain(site.map(str::len)).sum();
    if text.len() > names + NAME_LINE_MORE_BYTES {
        return false;
    }
    let folded = text.to_lowercase();
    let mut rest = folded.as_str().trim().to_owned();
    let mut named = false;
    for name in authors.iter().map(String::as_str).chain(site) {
        let name = name.to_lowercase();
        if name.chars().count() > 2 && rest.contains(&name) {
            rest = rest.replacen(&name, " ", 1);
            named = true;
        }
    }
    let rest: Vec<&str> = rest
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| {
            !word.is_empty()
                && !matches!(*word, "by" | "and" | "the" | "in" | "for" | "of" | "von" | "par" | "por" | "und")
        })
        .collect();
    named && rest.len() <= 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prompts_are_told_from_prose() {
        for prompt in [
            "Advertisement",
            "Read more: The harbour that moved",
            "Sign up for our newsletter",
            "Follow us on Twitter",
            "Share this article",
            "Related Articles",
            "Facebook Twitter Email",
            "Lesen Sie auch: Der Hafen",
            "相关阅读：港口",
        ] {
            assert!(anywhere(prompt, 40, 0.0).is_some(), "{prompt}");
        }
        for prose in [
            "Read more slowly, the teacher told her class.",
            "Advertisements for the ferry appeared in May.",
            "Follow the money, investigators like to say.",
            "Related parties own a third of the company.",
            "The share price fell by nine per cent on Friday.",
            "[Alden: I can’t even talk! This can’t be normal.]",
        ] {
            assert_eq!(anywhere(prose, 50, 0.0), None, "{prose}");
        }
    }

    #[test]
    fn a_publisher_names_itself_below_its_heading() {
        for (heading, below, is_note) in [
            ("About Acme Maritime", "Acme Maritime builds ferries in Gdansk and has 900 employees.", true),
            ("ABOUT ACME", "Based in Gdansk, ACME builds ferries.", true),
            ("About the Harbour Trust", "The Harbour Trust is a charity.", true),
            ("About us", "We build ferries.", true),
            ("Über Acme", "Die Acme AG baut Fähren.", true),
            ("关于 中远海运", "中远海运是一家航运公司。", true),
            ("About the ceasefire", "The ceasefire was signed in Doha on Friday.", false),
            ("About That Letter", "The letter was found in a drawer.", false),
            ("About This Tutorial", "This tutorial aims to give an introduction.", false),
            ("About Acme Maritime", "Two unions said that they had not been asked.", false),
        ] {
            assert_eq!(heads_about(heading, below), is_note, "{heading}");
        }
    }

    #[test]
    fn a_note_says_who_somebody_is_at_once() {
        for (text, is_note) in [
            ("Jo Arden is a reporter in Geneva.", true),
            ("Élodie D’Arc-Roux is The Post’s chief Europe correspondent.", true),
            ("Sam Lee Park writes on trade for The Post.", true),
            ("Jo Arden was there when the reporter came.", false),
            ("Arden is a reporter in Geneva.", false),
            ("The Wire reports that the harbour pays singers to come on board.", false),
            ("Sam Lee reports that the author of the plan is at sea.", false),
        ] {
            assert_eq!(is_bio(text), is_note, "{text}");
        }
        let late = format!("Jo Arden is a {}reporter.", "very ".repeat(60));
        assert!(!is_bio(&late));
    }

    #[test]
    fn lines_around_the_body_are_told() {
        let authors = ["Jo Arden".to_owned()];
        for head in [
            "By Jo Arden",
            "Jo Arden",
            "Published 12 March 2026",
            "March 19, 2021",
            "Updated: 5 May 2026 10:00 GMT",
            "5 min read",
        ] {
            assert!(at_head(head, &authors, Some("The Post")).is_some(), "{head}");
        }
        for prose in [
            "By Friday the harbour was empty.",
            "March is the coldest month on the island, she said.",
            "Feb. 23, 2015 -- Allergies to peanuts have mysteriously been on the rise in the past decade, with little hope for a cure.",
        ] {
            assert_eq!(at_head(prose, &authors, None), None, "{prose}");
        }
        for tail in [
            "Jo Arden is a reporter in Geneva.",
            "Copyright © 2026 The Post",
            "Reporting by Sam Lee; editing by Kim Roe",
            "The original source of this article is The Post",
            "Sam Lee contributed to this report.",
            "jo@post.test",
        ] {
            assert!(at_tail(tail, 60, &authors, Some("The Post")).is_some(), "{tail}");
        }
        for prose in ["The talks will go on until Friday, both sides said.", "“We will be back,” Ms Ellison said."]
        {
            assert_eq!(at_tail(prose, 50, &authors, None), None, "{prose}");
        }
    }
}
