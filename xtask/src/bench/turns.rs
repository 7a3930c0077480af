//! Contestants that take turns, so that what else the machine does meets all of them.

use std::collections::BTreeMap;

use serde_json::Value;
use xshell::Cmd;

use super::findings::with_unit;
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

/// The figures of all rounds, or why there are none.
pub(super) struct Turns(BTreeMap<&'static str, std::result::Result<Vec<Figures>, String>>);

/// Lets each take its turn `rounds` times; every second round begins from the other end. One that fails takes none after
/// that.
pub(super) fn take(rounds: usize, contestants: &[Contestant<'_>]) -> Turns {
    let mut all = BTreeMap::new();
    for round in 0..rounds {
        let mut turn = |contestant: &Contestant<'_>| {
            let its = all.entry(contestant.name).or_insert_with(|| Ok(Vec::new()));
            let Ok(figures) = its else { return };
            match (contestant.run)() {
                Ok(more) => figures.push(more),
                Err(error) => *its = Err(format!("{} failed: {error}", contestant.name)),
            }
        };
        if round % 2 == 0 {
            contestants.iter().for_each(&mut turn);
        } else {
            contestants.iter().rev().for_each(&mut turn);
        }
    }
    Turns(all)
}

impl Turns {
    /// The median of a contestant's figure.
    pub(super) fn median(&self, name: &str, figure: &str) -> Result<f64> {
        Ok(median(&sorted(self.all(name, figure)?)))
    }

    /// The median of the rounds' own ratios, and in words the least and the most of them, and the medians of both sides.
    pub(super) fn ratio(
        &self,
        ours: (&str, &str),
        theirs: (&str, &str),
        unit: &str,
    ) -> Result<(f64, String)> {
        let ratios = self.paired(ours, theirs, |ours, theirs| ours / theirs)?;
        let ends = [ratios.first(), ratios.last()].map(|end| with_unit(end.copied().unwrap_or(f64::NAN), ""));
        let sides = [ours, theirs].map(|(name, figure)| self.median(name, figure));
        let [ours, theirs] = sides.map(|side| side.map(|side| with_unit(side, unit)));
        Ok((median(&ratios), format!("{}; {} of {}", ends.join(" to "), ours?, theirs?)))
    }

    /// The median of the rounds' own differences.
    pub(super) fn difference(&self, one: (&str, &str), other: (&str, &str)) -> Result<f64> {
        Ok(median(&self.paired(one, other, |one, other| one - other)?))
    }

    /// What the rounds' figures make together, the least first.
    fn paired(
        &self,
        (one, its): (&str, &str),
        (other, others): (&str, &str),
        make: impl Fn(f64, f64) -> f64,
    ) -> Result<Vec<f64>> {
        let pairs = self.all(one, its)?.into_iter().zip(self.all(other, others)?);
        Ok(sorted(pairs.map(|(one, other)| make(one, other)).collect()))
    }

    fn all(&self, name: &str, figure: &str) -> Result<Vec<f64>> {
        let rounds = self.0.get(name).ok_or_else(|| format!("{name} was not measured"))?;
        let rounds = rounds.as_ref().map_err(String::clone)?;
        let of = |round: &Figures| round.get(figure).copied();
        rounds.iter().map(|it| of(it).ok_or_else(|| format!("{name} tells no {figure}").into())).collect()
    }
}

fn sorted(mut figures: Vec<f64>) -> Vec<f64> {
    figures.sort_unstable_by(f64::total_cmp);
    figures
}

fn median(sorted: &[f64]) -> f64 {
    sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
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
        let times = Cell::new(0);
        let failing = Contestant::new("failing", || {
            times.set(times.get() + 1);
            Err("it is gone".into())
        });
        let turns = take(3, &[one, failing, two]);
        assert_eq!(turns.median("one", "x").ok(), Some(2.0));
        let ratio = turns.ratio(("one", "x"), ("two", "x"), "ms").ok();
        assert_eq!(ratio, Some((1.0, "0.500 to 1.50; 2 ms of 2 ms".to_owned())));
        assert_eq!(turns.difference(("one", "x"), ("two", "x")).ok(), Some(0.0));
        for (name, figure, reason) in [
            ("three", "x", "three was not measured"),
            ("one", "y", "one tells no y"),
            ("failing", "x", "failing failed: it is gone"),
        ] {
            let error = turns.median(name, figure).err().map(|error| error.to_string());
            assert_eq!(error.as_deref(), Some(reason), "{name} {figure}");
        }
        assert_eq!(times.get(), 1);
    }
}
