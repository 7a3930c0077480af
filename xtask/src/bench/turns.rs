//! Contestants that take turns, so that what else the machine does meets all of them.

use std::collections::BTreeMap;

use serde_json::Value;
use xshell::Cmd;

use crate::Result;

/// What a program prints, by name.
pub(super) type Figures = BTreeMap<String, f64>;

/// One that is measured once a round.
pub(super) struct Contestant<'a> {
    name: &'static str,
    run: Box<dyn Fn() -> Result<Figures> + 'a>,
}

impl<'a> Contestant<'a> {
    pub(super) fn new(name: &'static str, run: impl Fn() -> Result<Figures> + 'a) -> Self {
        Self { name, run: Box::new(run) }
    }
}

/// The figures of all rounds.
pub(super) struct Turns(BTreeMap<&'static str, Vec<Figures>>);

/// Lets each take its turn `rounds` times; every second round begins from the other end.
pub(super) fn take(rounds: usize, contestants: &[Contestant<'_>]) -> Result<Turns> {
    let mut all: BTreeMap<_, Vec<Figures>> = BTreeMap::new();
    for round in 0..rounds {
        let mut turn = |contestant: &Contestant<'_>| -> Result {
            all.entry(contestant.name).or_default().push((contestant.run)()?);
            Ok(())
        };
        if round % 2 == 0 {
            contestants.iter().try_for_each(&mut turn)?;
        } else {
            contestants.iter().rev().try_for_each(&mut turn)?;
        }
    }
    Ok(Turns(all))
}

impl Turns {
    /// The median of a contestant's figure.
    pub(super) fn median(&self, name: &str, figure: &str) -> Result<f64> {
        Ok(median(self.all(name, figure)?))
    }

    /// The median of the rounds' own ratios of a figure.
    pub(super) fn ratio(&self, ours: &str, theirs: &str, figure: &str) -> Result<f64> {
        self.paired((ours, figure), (theirs, figure), |ours, theirs| ours / theirs)
    }

    /// The median of what the rounds' figures make together.
    pub(super) fn paired(
        &self,
        (one, its): (&str, &str),
        (other, others): (&str, &str),
        make: impl Fn(f64, f64) -> f64,
    ) -> Result<f64> {
        let pairs = self.all(one, its)?.into_iter().zip(self.all(other, others)?);
        Ok(median(pairs.map(|(one, other)| make(one, other)).collect()))
    }

    fn all(&self, name: &str, figure: &str) -> Result<Vec<f64>> {
        let rounds = self.0.get(name).ok_or_else(|| format!("{name} was not measured"))?;
        let of = |round: &Figures| round.get(figure).copied();
        rounds.iter().map(|it| of(it).ok_or_else(|| format!("{name} tells no {figure}").into())).collect()
    }
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_unstable_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
}

/// The last line of what a program says: an object of numbers.
pub(super) fn figures(command: Cmd<'_>) -> Result<Figures> {
    let said = command.quiet().read()?;
    let line = said.lines().last().unwrap_or_default();
    let object: BTreeMap<String, Value> = serde_json::from_str(line)?;
    let number = |(name, value): (String, Value)| Some((name, value.as_f64()?));
    Ok(object.into_iter().filter_map(number).collect())
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::{Contestant, Figures, take};

    #[test]
    fn medians_of_pairs() {
        let rounds = Cell::new(0.0);
        let one = Contestant::new("one", || {
            rounds.set(rounds.get() + 1.0);
            Ok(Figures::from([("x".to_owned(), rounds.get())]))
        });
        let two = Contestant::new("two", || Ok(Figures::from([("x".to_owned(), 2.0)])));
        let turns = take(3, &[one, two]).expect("figures");
        assert_eq!(turns.median("one", "x").ok(), Some(2.0));
        assert_eq!(turns.ratio("one", "two", "x").ok(), Some(1.0));
        for (name, figure) in [("three", "x"), ("one", "y")] {
            assert!(turns.median(name, figure).is_err(), "{name} {figure}");
        }
    }
}
