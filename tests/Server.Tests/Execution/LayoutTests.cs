using ModelOperator.Server.Execution;
using ModelOperator.Server.Models;

namespace ModelOperator.Server.Tests.Execution;

/// <summary>How many threads a run has on the CPU, and how many runs there are at a time.</summary>
public sealed class LayoutTests
{
    [TestCase(null, null, 1, 4, 4)]
    [TestCase(null, null, 8, 4, 1)]
    [TestCase(2, null, 1, 2, 2)]
    [TestCase(null, 2, 1, 2, 2)]
    [TestCase(3, 5, 8, 3, 5)]
    public void What_the_user_says_holds_and_the_rest_follows_from_it(
        int? threads, int? instances, int maxBatchSize, int threadsOfRun, int runs)
    {
        using TestModel model = new(
            Path.Combine(TestServer.Models, "digits-v1.onnx"),
            new ExecutionOptions { Cpus = 4, Threads = threads, Instances = instances, Batching = new() { MaxBatchSize = maxBatchSize } });

        DeviceInstances device = model.Model.Instances.Devices.Single();
        Assert.That((device.Session.Threads, device.Count, device.Busy), Is.EqualTo((threadsOfRun, runs, 0)));
    }
}
