/// Numbers that look random and are the same for the same seed (xorshift64*).
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// The row of numbers that `seed` begins.
    pub fn new(seed: u64) -> Self {
        // Its state must not be zero, and neighbouring seeds begin alike.
        let mixed = seed.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        Self(mixed ^ mixed >> 29 | 1)
    }

    /// The next one, of all there are.
    // It has no end, so that an iterator would only be in the way.
    #[allow(clippy::should_implement_trait)]
    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// A number in 0..1.
    pub fn share(&mut self) -> f64 {
        // 53 bits are exact in a float.
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// A number below `limit`, which is not zero.
    pub fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % limit as u64).unwrap_or(0)
    }

    /// Whether something happens that happens in `share` of all cases.
    pub fn happens(&mut self, share: f64) -> bool {
        self.share() < share
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_kept_and_repeat() {
        for seed in [0, 1, 2, u64::MAX] {
            let draw = || {
                let mut random = Random::new(seed);
                (0..10_000).filter(|_| random.happens(0.05)).count()
            };
            assert!((400..600).contains(&draw()), "{} with seed {seed}", draw());
            assert_eq!(draw(), draw());
        }
    }
}
