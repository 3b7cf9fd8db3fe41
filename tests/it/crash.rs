//! The real binary, killed with SIGKILL at many instants and started again, held against what the newsroom published:
//! nothing lost, nothing twice, nothing made up.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::Value;
use wirewatch::demo::newsroom::{FeedFormat, Presence, Story};
use wirewatch::io::clock::Clock;
use wirewatch::model::time::SignedDuration;

use crate::support::gate::Gate;
use crate::support::hostile::{Hostile, Seen, answer};
use crate::support::smtp::{Act, Smtp};
use crate::support::world::{TOPIC, World};

/// Another number is another run of trials.
const SEED: u64 = 20_261_124;
const ROUNDS: usize = 36;
const ARTICLES_MAX: usize = 24;
/// A round in which the awaited instant never comes ends all the same.
const ROUND_MAX: Duration = Duration::from_secs(4);

const HOSTS: [&str; 3] = ["wire.test", "harbour.test", "ledger.test"];

const SETTINGS: &str = r#"
[poll]
every = "150ms"
[recheck]
schedule = ["150ms until 30d"]
on_topic_every = "150ms"
[[channel]]
id = "alerts"
type = "email"
to = ["alerts@wirewatch.invalid"]
from = "watch@wirewatch.invalid"
cron = "0 7 * * *"
immediate = true
"#;

/// When a process is killed.
#[derive(Debug, Clone, Copy)]
enum Moment {
    /// While a server holds its answer: the webhook's, or the mail server's at this word.
    Held(&'static str),
    /// When the newsroom has answered so many more requests.
    Requests(usize),
    /// After so long.
    Pause(Duration),
}

/// What the newsroom published: an article's versions in order.
#[derive(Debug)]
struct Truth {
    host: &'static str,
    path: String,
    versions: Vec<Vec<String>>,
    on_topic: bool,
    removed: bool,
}

impl Truth {
    fn url(&self) -> String {
        format!("http://{}{}", self.host, self.path)
    }
}

/// What an event says, in what it is known by: its type, its article and the revision, if it is about one.
type Told = (String, i64, Option<i64>);

#[derive(Debug, Default)]
struct Kills {
    while_sending_hooks: usize,
    while_sending_mail: usize,
    while_fetching: usize,
    other: usize,
}

impl Kills {
    fn all(&self) -> usize {
        self.while_sending_hooks + self.while_sending_mail + self.while_fetching + self.other
    }
}

struct Trial {
    world: World,
    gate: Gate,
    hooks: Hostile,
    mail: Smtp,
    random: fastrand::Rng,
    published: String,
    truth: Vec<Truth>,
    kills: Kills,
    edits: usize,
}

impl Trial {
    fn new() -> Self {
        let formats = [FeedFormat::Rss, FeedFormat::Atom, FeedFormat::Json];
        let sites: Vec<_> = HOSTS.iter().zip(formats).map(|(host, format)| (*host, *host, format)).collect();
        let world = World::open(&sites);
        let gate = Gate::default();
        let (at_hook, at_mail) = (gate.clone(), gate.clone());
        let hooks = Hostile::serve(move |_: &Seen, stream| {
            at_hook.pass("hook");
            answer(stream, "HTTP/1.1 204 No Content", b"")
        });
        let mail = Smtp::serve(move |line, _| {
            at_mail.pass(line.split(' ').next().unwrap_or_default());
            Act::Usual
        });
        let smtp = format!(
            "[smtp]\nhost = \"127.0.0.1\"\nport = {}\ntls = \"none\"\nfrom = \"watch@wirewatch.invalid\"\n",
            mail.addr.port()
        );
        world.configure(&format!("{}{SETTINGS}{smtp}", TOPIC.replace("[\"desk\"", "[\"desk\", \"alerts\"")));
        let config = std::fs::read_to_string(world.path("wirewatch.toml")).unwrap();
        let to_newsroom = format!("\"hooks.test\" = \"{}\"", world.serving.addr);
        let config = config.replace(&to_newsroom, &format!("\"hooks.test\" = \"{}\"", hooks.addr));
        // Each start prunes looks, and is killed at that too; deliveries are compared at the end and stay.
        let pruned = "path = \"watch.db\"\nkeep_observations = \"1s\"\nkeep_suppressed = \"1s\"\n";
        let config = config.replace("directory = \"digests\"\n", "").replace("path = \"watch.db\"\n", pruned);
        std::fs::write(world.path("wirewatch.toml"), config).unwrap();
        let an_hour_ago = Clock::system().now().checked_sub(SignedDuration::from_hours(1)).unwrap();
        Self {
            world,
            gate,
            hooks,
            mail,
            random: fastrand::Rng::with_seed(SEED),
            published: format!("{an_hour_ago:.0}"),
            truth: Vec::new(),
            kills: Kills::default(),
            edits: 0,
        }
    }

    fn paragraph(&mut self) -> String {
        const SYLLABLES: [&str; 16] = [
            "ba", "cor", "den", "fil", "gra", "hul", "jo", "kem", "lin", "mor", "nat", "pel", "ris", "sun", "tov",
            "wey",
        ];
        let mut word = |_| (0..self.random.usize(2..4)).map(|_| SYLLABLES[self.random.usize(..16)]).collect::<String>();
        let words: Vec<String> = (0..24).map(&mut word).collect();
        format!("The {}.", words.join(" "))
    }

    fn publish(&mut self) {
        let number = self.truth.len();
        let host = HOSTS[self.random.usize(..HOSTS.len())];
        let on_topic = number % 4 != 3;
        let mut paragraphs: Vec<String> = (0..5).map(|_| self.paragraph()).collect();
        if on_topic {
            paragraphs[1].push_str(" Officials of the United States and China will hold trade talks.");
        }
        let title = format!("{} in the matter number {number}", &paragraphs[0][4..40]);
        let path = format!("/news/{number}");
        let texts: Vec<&str> = paragraphs.iter().map(String::as_str).collect();
        self.world.newsroom.publish(host, Story::new(&path, &title, "Jo Arden", &self.published, &texts));
        self.truth.push(Truth { host, path, versions: vec![paragraphs], on_topic, removed: false });
    }

    /// Changes an article whose newest version is in the archive, so that each version is one that was looked at.
    fn edit(&mut self, at: usize) {
        let mut paragraphs = self.truth[at].versions.last().unwrap().clone();
        let (changed, new) = (self.random.usize(2..paragraphs.len()), self.paragraph());
        match self.random.usize(..3) {
            0 => paragraphs.push(new),
            1 => paragraphs[changed] = new,
            _ => write!(paragraphs[changed], " It cost ${} million.", self.random.usize(2..90)).unwrap(),
        }
        let truth = &mut self.truth[at];
        self.world.newsroom.edit(truth.host, &truth.path, |story| story.paragraphs.clone_from(&paragraphs));
        truth.versions.push(paragraphs);
        self.edits += 1;
    }

    fn remove(&mut self, at: usize) {
        let truth = &mut self.truth[at];
        self.world.newsroom.edit(truth.host, &truth.path, |story| story.presence = Presence::Status(410));
        truth.removed = true;
    }

    /// The publishers' work of one round, on the articles that are recorded as they stand.
    fn work(&mut self, recorded: &[usize]) {
        for _ in 0..self.random.usize(..3) {
            if self.truth.len() < ARTICLES_MAX {
                self.publish();
            }
        }
        let mut free = recorded.to_vec();
        self.random.shuffle(&mut free);
        for at in free.into_iter().take(3) {
            if self.random.usize(..16) == 0 {
                self.remove(at);
            } else {
                self.edit(at);
            }
        }
    }

    /// The articles whose newest version is in the archive.
    fn recorded(&self) -> Vec<usize> {
        // Killed while it made the store, there is none yet, or one that the next start brings forward.
        let looked = self.world.run(&["articles"]);
        if !looked.status.success() {
            let why = String::from_utf8_lossy(&looked.stderr);
            assert!(why.contains("makes it") || why.contains("brings it forward"), "{why}");
            return Vec::new();
        }
        let archive = Archive::read(&self.world);
        let newest = |truth: &Truth| truth.versions.last().map(|paragraphs| paragraphs.join("\n\n"));
        let is_recorded = |truth: &Truth| {
            let texts = archive.texts(&truth.url());
            !truth.removed && texts.last() == newest(truth).as_ref()
        };
        (0..self.truth.len()).filter(|at| is_recorded(&self.truth[*at])).collect()
    }

    fn round(&mut self) {
        let recorded = self.recorded();
        let work_first = self.random.bool();
        if work_first {
            self.work(&recorded);
        }
        let (args, moment): (&[&str], Moment) = match self.random.usize(..12) {
            0..=2 => (&["run"], Moment::Held("hook")),
            3 => (&["run"], Moment::Held(["RCPT", "DATA"][self.random.usize(..2)])),
            4 => (&["run"], Moment::Held(".")),
            5 => (&["digest", "send", "desk"], Moment::Held(["DATA", "."][self.random.usize(..2)])),
            6..=7 => (&["poll", "--recheck"], Moment::Requests(self.random.usize(1..40))),
            8..=9 => (&["run"], Moment::Requests(self.random.usize(1..60))),
            _ => (&["run"], Moment::Pause(Duration::from_millis(self.random.u64(1..700)))),
        };
        if let Moment::Held(place) = moment {
            self.gate.arm(place);
        }
        let mut process = self.spawn(args);
        if !work_first {
            self.work(&recorded);
        }
        let came = self.wait_for(moment);
        let ran = process.try_wait().unwrap().is_none();
        process.kill().unwrap();
        process.wait().unwrap();
        self.gate.open();
        match moment {
            _ if !ran => {}
            Moment::Held("hook") if came => self.kills.while_sending_hooks += 1,
            Moment::Held(_) if came => self.kills.while_sending_mail += 1,
            Moment::Requests(_) if came => self.kills.while_fetching += 1,
            _ => self.kills.other += 1,
        }
    }

    /// Kills a first start while it makes the store; a reader must find a store or none, whatever is left.
    fn begin(&self, pause: Duration) {
        let mut process = self.spawn(&["poll"]);
        self.gate.reached(pause);
        process.kill().unwrap();
        process.wait().unwrap();
        self.recorded();
    }

    fn spawn(&self, args: &[&str]) -> Child {
        let mut command = Command::new(env!("CARGO_BIN_EXE_wirewatch"));
        command.arg("--config").arg(self.world.path("wirewatch.toml")).args(args);
        command.env("RUNTIME_DIRECTORY", self.world.path("run")).env_remove("NOTIFY_SOCKET");
        command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    }

    fn wait_for(&self, moment: Moment) -> bool {
        const LOOK_EVERY: Duration = Duration::from_millis(5);
        match moment {
            Moment::Held(_) => self.gate.reached(ROUND_MAX),
            Moment::Pause(pause) => self.gate.reached(pause),
            Moment::Requests(more) => {
                let asked = || self.world.newsroom.received().len();
                let before = asked();
                let looks = ROUND_MAX.as_millis() / LOOK_EVERY.as_millis();
                (0..looks).any(|_| asked() >= before + more || self.gate.reached(LOOK_EVERY))
            }
        }
    }
}

/// What `export` says.
struct Archive {
    articles: BTreeMap<String, i64>,
    revisions: BTreeMap<i64, Vec<Value>>,
    deliveries: Vec<Value>,
    lines: usize,
}

impl Archive {
    fn read(world: &World) -> Self {
        let mut archive =
            Self { articles: BTreeMap::new(), revisions: BTreeMap::new(), deliveries: Vec::new(), lines: 0 };
        for line in world.json(&["export"]) {
            match line["kind"].as_str().unwrap() {
                "article" => {
                    archive.lines += 1;
                    archive.articles.insert(line["url"].as_str().unwrap().to_owned(), line["id"].as_i64().unwrap());
                }
                "revision" => archive.revisions.entry(line["article"].as_i64().unwrap()).or_default().push(line),
                "delivery" => archive.deliveries.push(line),
                _ => {}
            }
        }
        archive.revisions.values_mut().for_each(|all| all.sort_by_key(|one| one["number"].as_i64()));
        archive
    }

    fn texts(&self, url: &str) -> Vec<String> {
        let Some(id) = self.articles.get(url) else { return Vec::new() };
        self.revisions[id].iter().map(|one| one["text"].as_str().unwrap().to_owned()).collect()
    }
}

fn told(event: &Value) -> Told {
    let data = &event["data"];
    let id = data["article"]["id"].as_i64().unwrap();
    (event["type"].as_str().unwrap().to_owned(), id, data["revision"]["number"].as_i64())
}

/// What has to be told, from what was published.
fn expected(truth: &[Truth], archive: &Archive) -> BTreeSet<Told> {
    let mut expected = BTreeSet::new();
    for one in truth.iter().filter(|one| one.on_topic) {
        let id = archive.articles[&one.url()];
        expected.insert(("article.matched".to_owned(), id, None));
        let revisions = 2..=i64::try_from(one.versions.len()).unwrap();
        expected.extend(revisions.map(|number| ("article.revised".to_owned(), id, Some(number))));
        if one.removed {
            expected.insert(("article.gone".to_owned(), id, None));
        }
    }
    expected
}

#[test]
fn killed_at_any_instant_it_loses_nothing_and_tells_nothing_under_two_ids() {
    let mut trial = Trial::new();
    for _ in 0..6 {
        trial.publish();
    }
    for step in 1..=20 {
        trial.begin(Duration::from_millis(2 * step));
    }
    for _ in 0..ROUNDS {
        trial.round();
    }
    let at_the_end = trial.recorded();
    trial.work(&at_the_end);
    // A page that seems gone is believed at the second look.
    for _ in 0..3 {
        trial.world.cycle();
    }
    let sent = trial.world.run(&["digest", "send", "desk"]);
    assert!(sent.status.success(), "{}", String::from_utf8_lossy(&sent.stderr));

    assert!(trial.edits > 10, "{} edits", trial.edits);
    assert!(trial.kills.while_sending_hooks > 1 && trial.kills.while_sending_mail > 0, "{:?}", trial.kills);
    assert!(trial.kills.while_fetching > 1 && trial.kills.all() > ROUNDS / 2, "{:?}", trial.kills);
    let archive = Archive::read(&trial.world);
    check_archive(&trial, &archive);
    let expected = expected(&trial.truth, &archive);
    assert!(expected.len() > 20, "{} events", expected.len());
    check_hooks(&trial, &archive, &expected);
    for channel in ["desk", "alerts"] {
        check_mail(&trial, &archive, &expected, channel);
    }
    let verified = trial.world.run(&["verify"]);
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stdout));
}

/// Each article once, and as its revisions exactly what was published, in order.
fn check_archive(trial: &Trial, archive: &Archive) {
    assert_eq!((archive.lines, archive.articles.len()), (trial.truth.len(), trial.truth.len()));
    for one in &trial.truth {
        let published: Vec<String> = one.versions.iter().map(|paragraphs| paragraphs.join("\n\n")).collect();
        assert_eq!(archive.texts(&one.url()), published, "{}", one.url());
    }
}

/// Each event came, always under one id and with the same body.
fn check_hooks(trial: &Trial, archive: &Archive, expected: &BTreeSet<Told>) {
    let mut ids: BTreeMap<Told, BTreeSet<String>> = BTreeMap::new();
    let mut bodies: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    let mut repeats = 0;
    for request in trial.hooks.seen() {
        let id = request.header("webhook-id").unwrap().to_owned();
        ids.entry(told(&serde_json::from_slice(&request.body).unwrap())).or_default().insert(id.clone());
        if let Some(before) = bodies.insert(id.clone(), request.body.clone()) {
            repeats += 1;
            assert_eq!(before, request.body, "another body under the id {id}");
        }
    }
    for (event, ids) in &ids {
        assert_eq!(ids.len(), 1, "{event:?} under {ids:?}");
    }
    assert_eq!(&ids.keys().cloned().collect::<BTreeSet<_>>(), expected);
    assert!(repeats <= trial.kills.all(), "{repeats} repeats, {:?}", trial.kills);
    let of_channel = archive.deliveries.iter().filter(|one| one["channel"] == "ops");
    let delivered: BTreeSet<&str> =
        of_channel.filter(|one| one["status"] == "delivered").map(|one| one["id"].as_str().unwrap()).collect();
    assert_eq!(delivered, bodies.keys().map(String::as_str).collect());
}

/// Each event is in one mail, each mail came, and came again only where a kill left open whether it had.
fn check_mail(trial: &Trial, archive: &Archive, expected: &BTreeSet<Told>, channel: &str) {
    let deliveries: Vec<&Value> = archive.deliveries.iter().filter(|one| one["channel"] == channel).collect();
    let events = || deliveries.iter().flat_map(|one| one["events"].as_array().unwrap()).map(told);
    assert_eq!(&events().collect::<BTreeSet<_>>(), expected, "{channel}");
    assert_eq!(events().count(), expected.len(), "{channel}: an event is in two mails");
    let mut repeats = 0;
    for delivery in &deliveries {
        let id = delivery["id"].as_str().unwrap();
        assert_eq!(delivery["status"], "delivered", "{channel}: {delivery}");
        let mark = format!("Message-ID: <{id}@");
        let came: Vec<String> = trial
            .mail
            .accepted()
            .into_iter()
            .map(|one| one.message)
            .filter(|message| message.contains(&mark))
            .collect();
        assert!(!came.is_empty(), "{channel}: {id} never came");
        assert!(came.iter().all(|message| *message == came[0]), "{channel}: two messages under the id {id}");
        repeats += came.len() - 1;
    }
    assert!(repeats <= trial.kills.all(), "{channel}: {repeats} repeats, {:?}", trial.kills);
}
