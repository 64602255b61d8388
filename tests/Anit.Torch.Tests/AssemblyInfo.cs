// Live tensors are counted for the whole process: one test at a time.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
