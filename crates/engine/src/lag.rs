//! How long pictures take, over the last of them.

use protocol::Spread;

/// A ring of the last [`Lags::KEPT`] lags.
#[derive(Debug, Default)]
pub struct Lags {
    millis: Vec<f32>,
    next: usize,
}

impl Lags {
    /// How many are kept.
    pub const KEPT: usize = 512;

    /// Takes one.
    pub fn add(&mut self, millis: f64) {
        let millis = millis as f32;
        if self.millis.len() < Self::KEPT {
            self.millis.push(millis);
        } else {
            self.millis[self.next] = millis;
        }
        self.next = (self.next + 1) % Self::KEPT;
    }

    /// How they are spread; zeros before the first.
    pub fn spread(&self) -> Spread {
        let mut sorted = self.millis.clone();
        sorted.sort_by(f32::total_cmp);
        let at = |part: f64| {
            let index = (part * sorted.len() as f64).ceil() as usize;
            sorted.get(index.saturating_sub(1)).copied().map_or(0.0, f64::from)
        };
        Spread { median: at(0.5), p99: at(0.99), max: at(1.0) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_spread_is_of_the_last_lags() {
        let mut lags = Lags::default();
        assert_eq!(lags.spread(), Spread::default());
        for lag in 0..Lags::KEPT {
            lags.add(1000.0 + lag as f64);
        }
        for lag in 1..=Lags::KEPT {
            lags.add(lag as f64);
        }
        let spread = lags.spread();
        assert_eq!((spread.median, spread.p99, spread.max), (256.0, 507.0, 512.0));
    }
}
