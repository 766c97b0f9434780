// Nothing here is shared: pure functions and draws of each test's own.
[assembly: Parallelizable(ParallelScope.Fixtures)]
