//! Stories from streams of made copies and strangers: what is a copy is joined, what only looks like one is not.

use crate::support::copies::{made_articles, made_set};
use crate::support::stories::run;

#[test]
fn copies_are_joined_and_strangers_are_not() {
    for (seed, words) in [(7, 300), (11, 600)] {
        let set = made_set(&made_articles(16, words, seed), seed * 31);
        let run = run(&set);
        assert!(run.precision() >= 0.995 && run.recall() >= 0.97, "{}\n{}", run.summary(), run.problems(20));
    }
}

#[test]
fn the_order_of_arrival_does_not_decide_what_a_story_holds() {
    let articles = made_articles(6, 400, 23);
    for seed in [3, 5] {
        let set = made_set(&articles, seed);
        let (right, wrong, all) = run(&set).pairs();
        assert_eq!((wrong, all), (0, right), "seed {seed}: {}", run(&set).problems(20));
    }
}
