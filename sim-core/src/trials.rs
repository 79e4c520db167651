//! A run as a series of trials: how many, in which order of conditions, and the values of stimuli that differ between them.
//! A trial is data; what its stimuli do on the grid is made when it is run (`engine/stimuli.rs`).

use crate::catalog::StimulusValue;

/// In which order conditions follow each other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// As they are listed, again and again.
    #[default]
    Cycle,
    /// Block by block, in each of which every condition stands once, at a place drawn from the seed.
    Shuffled,
}

impl Order {
    /// Its name in netlists.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cycle => "cycle",
            Self::Shuffled => "shuffled",
        }
    }
}

/// What a trial begins with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reset {
    /// With what the one before left.
    #[default]
    Nothing,
    /// With the state before the first: membranes, spikes in flight, traces; not weights.
    State,
}

impl Reset {
    /// Its name in netlists.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::State => "state",
        }
    }
}

/// The trials of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Trials {
    /// How many, at least one.
    pub count: u32,
    /// Length of each in femtoseconds: a multiple of the step.
    pub each_fs: i64,
    /// Names of the conditions; there may be none.
    pub conditions: Vec<String>,
    /// How they follow each other.
    pub order: Order,
    /// What a trial begins with.
    pub reset: Reset,
    /// The condition of each trial; empty where there are none.
    pub condition_of: Vec<u32>,
    /// Values of stimuli that are not the same in all trials.
    pub varied: Vec<Varied>,
}

/// What the values of a parameter go by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum By {
    /// There is one for each condition.
    Condition,
    /// There is one for each trial.
    Trial,
}

/// The values of a parameter of a stimulus that differs between trials.
#[derive(Clone, Debug, PartialEq)]
pub struct Varied {
    /// Index of the population.
    pub population: usize,
    /// Index of the parameter in the card.
    pub parameter: usize,
    /// What they go by.
    pub by: By,
    /// One for each condition or trial.
    pub values: Vec<StimulusValue>,
}

impl Trials {
    /// The name of a trial's condition.
    pub fn condition(&self, trial: u32) -> Option<&str> {
        let condition = *self.condition_of.get(trial as usize)?;
        self.conditions.get(condition as usize).map(String::as_str)
    }

    /// Whether the values of a stimulus differ between trials.
    pub fn vary(&self, population: usize) -> bool {
        self.of(population).next().is_some()
    }

    /// The values of a stimulus in a trial: those of `base` but for what differs.
    pub fn values(&self, population: usize, base: &[StimulusValue], trial: u32) -> Vec<StimulusValue> {
        let varied: Vec<&Varied> = self.of(population).collect();
        let own = |parameter| varied.iter().find(|v| v.parameter == parameter).and_then(|v| v.at(self, trial));
        base.iter().enumerate().map(|(parameter, value)| own(parameter).unwrap_or(value).clone()).collect()
    }

    /// Whether in some trial the units of a stimulus differ from each other.
    pub fn units_differ(&self, population: usize, base: &[StimulusValue]) -> bool {
        base.iter().chain(self.of(population).flat_map(|v| &v.values)).any(|value| !value.is_shared())
    }

    /// Values of a stimulus such that in no trial any of its units does more than it does with one of these: one setting for
    /// each trial that differs, where images are replaced by the brightest of each pixel.
    pub fn extremes(&self, population: usize, base: &[StimulusValue]) -> Vec<Vec<StimulusValue>> {
        let (images, others): (Vec<&Varied>, Vec<&Varied>) = self.of(population).partition(|v| v.is_image());
        let mut brightest = base.to_vec();
        for varied in images {
            brightest[varied.parameter] = varied.brightest();
        }
        let trials: Vec<u32> = match others.iter().map(|v| v.by).max() {
            None => vec![0],
            Some(By::Condition) => (0..self.conditions.len() as u32).filter_map(|c| self.first_of(c)).collect(),
            Some(By::Trial) => (0..self.count).collect(),
        };
        let setting = |trial: u32| {
            let mut values = brightest.clone();
            for varied in &others {
                if let Some(value) = varied.at(self, trial) {
                    values[varied.parameter] = value.clone();
                }
            }
            values
        };
        trials.into_iter().map(setting).collect()
    }

    /// The first trial of a condition; `None` where there are fewer trials than conditions.
    pub fn first_of(&self, condition: u32) -> Option<u32> {
        self.condition_of.iter().position(|of| *of == condition).map(|trial| trial as u32)
    }

    fn of(&self, population: usize) -> impl Iterator<Item = &Varied> {
        self.varied.iter().filter(move |v| v.population == population)
    }
}

impl Varied {
    /// The value in a trial.
    pub fn at(&self, trials: &Trials, trial: u32) -> Option<&StimulusValue> {
        let place = match self.by {
            By::Condition => *trials.condition_of.get(trial as usize)?,
            By::Trial => trial,
        };
        self.values.get(place as usize)
    }

    fn is_image(&self) -> bool {
        matches!(self.values.first(), Some(StimulusValue::Image { .. }))
    }

    /// An image of the brightest of each pixel.
    fn brightest(&self) -> StimulusValue {
        let mut all: Vec<u8> = Vec::new();
        for value in &self.values {
            let StimulusValue::Image { pixels, .. } = value else { continue };
            all.resize(pixels.len().max(all.len()), 0);
            all.iter_mut().zip(pixels).for_each(|(most, pixel)| *most = (*most).max(*pixel));
        }
        StimulusValue::Image { file: String::new(), item: 0, pixels: all }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::Column;

    fn image(pixels: &[u8]) -> StimulusValue {
        StimulusValue::Image { file: "x".into(), item: 1, pixels: pixels.to_vec() }
    }

    fn number(value: f64) -> StimulusValue {
        StimulusValue::Number(Column::Shared(value))
    }

    fn trials(varied: Vec<Varied>) -> Trials {
        Trials {
            count: 5,
            each_fs: 1,
            conditions: vec!["a".into(), "b".into()],
            order: Order::Cycle,
            reset: Reset::Nothing,
            condition_of: vec![0, 1, 0, 1, 0],
            varied,
        }
    }

    #[test]
    fn values_go_by_condition_or_trial() {
        let by_condition = Varied { population: 3, parameter: 1, by: By::Condition, values: vec![number(10.0), number(20.0)] };
        let by_trial = Varied { population: 3, parameter: 0, by: By::Trial, values: (0..5).map(|t| number(t.into())).collect() };
        let trials = trials(vec![by_condition, by_trial]);
        let base = [number(-1.0), number(-2.0), number(-3.0)];
        assert_eq!(trials.values(3, &base, 3), [number(3.0), number(20.0), number(-3.0)], "the fourth trial");
        assert_eq!(trials.values(2, &base, 3), base, "another population");
        assert_eq!(trials.extremes(3, &base).len(), 5, "one setting a trial");
        assert!(trials.vary(3) && !trials.vary(2), "only one population varies");
    }

    #[test]
    fn images_are_bounded_by_their_brightest_pixels() {
        let images = [image(&[0, 9, 4]), image(&[7, 1, 4])];
        let varied = Varied { population: 0, parameter: 0, by: By::Condition, values: images.to_vec() };
        let settings = trials(vec![varied]).extremes(0, &[image(&[0, 9, 4])]);
        let StimulusValue::Image { pixels, .. } = &settings[0][0] else { panic!("an image") };
        assert_eq!((settings.len(), &pixels[..]), (1, &[7, 9, 4][..]), "one setting for all of them");
    }
}
