//! The levers that every provider's emulator has.

/// Writes them for the `Emulator` of a module with `State`, `Limits`, `Options`, `Fault`, `FaultId`, `Exchange` and
/// `Counters` in scope; the state has `limits`, `options`, `faults` and `log`.
macro_rules! common_levers {
    () => {
        /// What every provider's emulator can be told and asked.
        impl Emulator {
            /// The clock that everything here runs by.
            pub fn clock(&self) -> &$crate::Clock {
                self.engine.clock()
            }

            pub(super) fn read<T>(&self, look: impl FnOnce(&State) -> T) -> T {
                self.engine.read(look)
            }

            pub(super) fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
                self.engine.change(change)
            }

            /// Changes the rate limits; what is used up stays so.
            pub fn set_limits(&self, limits: Limits) {
                self.change(|state| state.limits = limits);
            }

            /// Changes switches.
            pub fn update_options(&self, change: impl FnOnce(&mut Options)) {
                self.change(|state| change(&mut state.options));
            }

            /// Sets a fault. Several queue up: the first live one that matches strikes, the next when it is spent.
            pub fn fault(&self, fault: Fault) -> FaultId {
                self.change(|state| state.faults.arm(fault))
            }

            /// How often a fault struck.
            pub fn fault_hits(&self, id: FaultId) -> u32 {
                self.read(|state| state.faults.hits(id))
            }

            /// How many faults have strikes left.
            pub fn pending_faults(&self) -> usize {
                self.read(|state| state.faults.pending())
            }

            /// Forgets all faults.
            pub fn clear_faults(&self) {
                self.change(|state| state.faults.clear());
            }

            /// Every request so far, oldest first.
            pub fn log(&self) -> Vec<Exchange> {
                self.read(|state| state.log.exchanges.clone())
            }

            /// The counters.
            pub fn counters(&self) -> Counters {
                self.read(|state| state.log.counters)
            }

            /// Forgets the log and sets the counters to zero, but for what is in flight.
            pub fn clear_log(&self) {
                self.change(|state| state.log.clear());
            }

            /// Completes when the counters satisfy `reached`, which is asked whenever they change. It needs no runtime.
            ///
            /// # Cancel safety
            ///
            /// May be dropped at any point.
            pub fn until<F>(&self, reached: F) -> impl Future<Output = ()> + Send + use<F>
            where
                F: Fn(&Counters) -> bool + Send + 'static,
            {
                self.engine.until(reached)
            }
        }
    };
}

pub(crate) use common_levers;
