//! The daemon's polls: what is due is started, and nobody waits for a slow source.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use tokio::sync::Notify;

use super::{One, one, states};
use crate::config::SourceConfig;
use crate::engine::schedule::{due_by, first_poll};
use crate::io::store::{SourceState, StoreError};
use crate::jobs::under_way::UnderWay;
use crate::jobs::{Context, NextDue};
use crate::model::ids::SourceId;
use crate::model::source::{SourceHealth, WaitReason};
use crate::model::time::{SignedDuration, Timestamp};

/// The sources' state is read anew this often, since commands may poll beside the daemon.
const STATES_FRESH_FOR: SignedDuration = SignedDuration::from_secs(60);

/// Of the polls under way so many, one in this, may be of sources that were failing: those that hang would else keep the
/// healthy ones waiting.
const FAILING_SHARE: usize = 4;

/// The daemon's polls: starts what is due, holds what is under way, and never waits for a slow source.
#[derive(Debug)]
pub struct Poller {
    wake: Arc<Notify>,
    hubs: Arc<Notify>,
    read_at: Option<Timestamp>,
    read_for: Option<Arc<Context>>,
    sources: HashMap<SourceId, Arc<SourceConfig>>,
    states: HashMap<SourceId, SourceState>,
    due: BTreeSet<(Timestamp, SourceId)>,
    /// Until its next poll: what a source's config asks for where the stored time is later.
    sooner: HashMap<SourceId, Timestamp>,
    /// Until its next poll: the moment that a source got when many were due at once.
    spread: HashMap<SourceId, Timestamp>,
    under_way: UnderWay<SourceId, Result<One, StoreError>>,
    /// Of those under way, the ones that were failing when they began.
    failing: HashSet<SourceId>,
}

impl Poller {
    /// `wake` is notified when a poll ends, `hubs` when a feed names another hub than before.
    pub fn new(wake: Arc<Notify>, hubs: Arc<Notify>) -> Self {
        Self {
            wake,
            hubs,
            read_at: None,
            read_for: None,
            sources: HashMap::new(),
            states: HashMap::new(),
            due: BTreeSet::new(),
            sooner: HashMap::new(),
            spread: HashMap::new(),
            under_way: UnderWay::new(),
            failing: HashSet::new(),
        }
    }

    /// Takes in what ended and starts what is due.
    pub async fn tick(&mut self, context: &Arc<Context>) -> Result<NextDue, StoreError> {
        self.take_ended()?;
        let now = context.clock.now();
        let same = self.read_for.as_ref().is_some_and(|seen| Arc::ptr_eq(seen, context));
        let fresh = self.read_at.is_some_and(|at| now.duration_since(at) < STATES_FRESH_FOR);
        if !same || !fresh {
            self.read_states(context, now).await?;
        }
        self.spread_herd(now);
        let capacity = context.config.fetch.concurrency.max(1);
        while self.under_way.len() < capacity {
            let Some((at, id)) = self.next(now, capacity.div_ceil(FAILING_SHARE)) else { break };
            self.due.remove(&(at, id.clone()));
            self.start(context, id);
        }
        // What is due and not started waits for the end of another poll, which wakes the loop.
        let at_capacity = self.under_way.len() >= capacity;
        Ok(if at_capacity { None } else { self.due.iter().map(|(at, _)| *at).find(|at| *at > now) })
    }

    /// The first that is due and may be started.
    fn next(&self, now: Timestamp, failing_max: usize) -> Option<(Timestamp, SourceId)> {
        let may_fail = self.failing.len() < failing_max;
        let mut due = self.due.iter().take_while(|(at, _)| *at <= now);
        due.find(|(_, id)| may_fail || !self.is_failing(id)).cloned()
    }

    fn is_failing(&self, id: &SourceId) -> bool {
        self.states.get(id).is_some_and(|state| matches!(state.health, SourceHealth::Failing { .. }))
    }

    /// Waits for the polls that are under way. What they came to is in the store; a later tick would read it there.
    pub async fn finish(&mut self) {
        self.under_way.finish().await;
        self.failing.clear();
        self.read_at = None;
    }

    fn start(&mut self, context: &Arc<Context>, id: SourceId) {
        let (Some(source), Some(state)) = (self.sources.get(&id), self.states.get(&id)) else { return };
        let (context, source, state) = (Arc::clone(context), Arc::clone(source), state.clone());
        let wake = Arc::clone(&self.wake);
        self.sooner.remove(&id);
        self.spread.remove(&id);
        if matches!(state.health, SourceHealth::Failing { .. }) {
            self.failing.insert(id.clone());
        }
        self.under_way.start(id, async move {
            let result = one(&context, &source, state).await;
            wake.notify_one();
            result
        });
    }

    fn take_ended(&mut self) -> Result<(), StoreError> {
        while let Some((id, result)) = self.under_way.ended() {
            self.failing.remove(&id);
            // A panic inside a poll is a bug of ours: the source is due again when the states are read anew.
            let Some(result) = result else {
                tracing::error!(source.id = %id, "a poll panicked; please report the log before this line");
                self.read_at = None;
                continue;
            };
            let One { state, hub_changed, .. } = result?;
            if hub_changed {
                self.hubs.notify_one();
            }
            if let Some(at) = state.next_poll {
                self.due.insert((at, id.clone()));
            }
            self.states.insert(id, state);
        }
        Ok(())
    }

    async fn read_states(&mut self, context: &Arc<Context>, now: Timestamp) -> Result<(), StoreError> {
        self.states = states(context).await?;
        let before = self.read_for.take();
        if before.as_ref().is_none_or(|seen| !Arc::ptr_eq(seen, context)) {
            let sources = context.config.sources.iter();
            self.sources = sources.map(|source| (source.id.clone(), Arc::clone(source))).collect();
        }
        match before {
            Some(same) if Arc::ptr_eq(&same, context) => {}
            Some(old) => self.sooner.extend(sooner(&old, context, &self.states, now)),
            None => self.sooner.extend(after_absence(context, &self.states, now)),
        }
        self.due.clear();
        let given = std::mem::take(&mut self.spread);
        for state in self.states.values().filter(|state| !self.under_way.has(&state.id)) {
            let Some(at) = due_at(state, now) else { continue };
            let at = self.sooner.get(&state.id).map_or(at, |sooner| at.min(*sooner));
            match given.get(&state.id).filter(|_| at <= now) {
                Some(moment) => {
                    self.spread.insert(state.id.clone(), *moment);
                    self.due.insert((*moment, state.id.clone()));
                }
                None => {
                    self.due.insert((at, state.id.clone()));
                }
            }
        }
        self.read_at = Some(now);
        self.read_for = Some(Arc::clone(context));
        Ok(())
    }

    /// Parts those that have come due together (at a start, after a sleep, on one cron line): each gets a moment of its
    /// own, once.
    fn spread_herd(&mut self, now: Timestamp) {
        let due = self.due.iter().take_while(|(at, _)| *at <= now);
        let herd: Vec<_> = due.filter(|(_, id)| !self.spread.contains_key(id)).cloned().collect();
        if herd.len() < 2 {
            return;
        }
        for (at, id) in &herd {
            let Some(source) = self.sources.get(id) else { continue };
            let moment = first_poll(id, &source.times, herd.len(), now);
            self.due.remove(&(*at, id.clone()));
            self.due.insert((moment, id.clone()));
            self.spread.insert(id.clone(), moment);
        }
    }
}

/// What a start makes due before its stored time: what hubs pushed meanwhile may be lost, so their sources wait no longer
/// than they would without a hub.
fn after_absence(
    context: &Context,
    states: &HashMap<SourceId, SourceState>,
    now: Timestamp,
) -> HashMap<SourceId, Timestamp> {
    let pushed = context.config.sources.iter().filter_map(|source| {
        let state = states.get(&source.id).filter(|state| state.reason == Some(WaitReason::Push))?;
        Some((source.id.clone(), own_time(source, state, now)?))
    });
    pushed.collect()
}

/// When a source is due by its own times, unless the publisher asked for a wait.
fn own_time(source: &SourceConfig, state: &SourceState, now: Timestamp) -> Option<Timestamp> {
    let due = due_by(&source.times, state.rhythm, state.last_poll?, now)?;
    Some(state.held_until.map_or(due, |held| due.max(held)))
}

/// What a reload makes due before its stored time: the wait under the old interval ends by the new one. A failing
/// source waits for its back-off, and a publisher that asked for a wait gets it.
fn sooner(
    old: &Context,
    new: &Context,
    states: &HashMap<SourceId, SourceState>,
    now: Timestamp,
) -> HashMap<SourceId, Timestamp> {
    let before: HashMap<_, _> = old.config.sources.iter().map(|source| (&source.id, &source.times)).collect();
    let changed = new.config.sources.iter().filter_map(|source| {
        before.get(&source.id).filter(|times| ***times != source.times)?;
        let state = states.get(&source.id).filter(|state| state.health == SourceHealth::Healthy)?;
        Some((source.id.clone(), own_time(source, state, now)?))
    });
    changed.collect()
}

/// When a source is due: never for one that is parked, at once for one that has no time yet.
fn due_at(state: &SourceState, now: Timestamp) -> Option<Timestamp> {
    let parked = matches!(state.health, SourceHealth::Parked { .. });
    if parked { None } else { Some(state.next_poll.unwrap_or(now)) }
}
