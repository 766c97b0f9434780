using Microsoft.Extensions.Logging.Abstractions;
using ModelOperator.Protocol;
using ModelOperator.Server.Batching;
using ModelOperator.Server.Execution;
using ModelOperator.Server.Models;
using ModelOperator.Server.Repository;

namespace ModelOperator.Server.Tests.Execution;

/// <summary>Real runs of a small model, of which it is said that they take long enough to have all threads or one.</summary>
public sealed class WidthChooserTests
{
    private string _directory = null!;
    private InstancePool _instances = null!;
    private ServedModel _served = null!;
    private RunScheduler _scheduler = null!;
    private OutputSelection _all = null!;

    [SetUp]
    public void Open()
    {
        _directory = Directory.CreateTempSubdirectory("width-tests-").FullName;
        string path = OnnxFile.Identity(_directory, OnnxFile.Float, "n", "4");
        SessionFactory factory = new(new OptimizedGraphs(null, NullLogger.Instance), NullLogger.Instance);
        OrtSession[] sessions =
        [
            .. new[] { 2, 1 }.Select(threads => factory.Open(path, new SessionRecipe([ExecutionProvider.Cpu], 0, threads, Precision.Fp32, Arena: false, FlushDenormals: true), CancellationToken.None)),
        ];
        ModelSignature signature = ModelSignature.Of(sessions[0].Managed, NullLogger.Instance);
        SlotRing[] rings = [new(sessions[0], [new RunSlot(sessions[0], signature.Inputs)]), new(sessions[1], [.. Enumerable.Range(0, 2).Select(_ => new RunSlot(sessions[1], signature.Inputs))])];
        _instances = new InstancePool(rings, new WidthChooser(rings[0], rings[1], new WidthPolicy(2, TimeSpan.FromMinutes(43), TimeSpan.FromMinutes(74)), TimeProvider.System));
        _all = new OutputSelection([.. signature.Outputs], signature.Outputs.Count, signature.Inputs);
        _served = new ServedModel(new ModelSource("test", "1", path), TimeProvider.System, NullLogger.Instance);
        ExecutionRecorder recorder = new(_served);
        ModelRunner runner = new(signature.Inputs, new ModelPace(), new ModelHealth(_all, NullLogger.Instance), recorder, TimeProvider.System, NullLogger.Instance);
        _scheduler = new RunScheduler(
            _instances, runner, new BatchRunner(signature.Inputs, runner, recorder, TimeProvider.System, NullLogger.Instance), signature.Inputs, new BatchingPlan(), TimeProvider.System);
    }

    [TearDown]
    public void Close()
    {
        _instances.Dispose();
        _served.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Test]
    public async Task A_request_that_meets_a_run_on_all_threads_starts_when_it_ends()
    {
        Instance held = Take();
        Assert.That(held.Ring, Is.SameAs(_instances.Rings[0]));
        Task<float[]> waits = ComputeAsync(7);
        Assert.That((waits.IsCompleted, _scheduler.Waiting), Is.EqualTo((false, 1)));

        Return(held);
        Assert.That(await waits, Is.EqualTo(new float[] { 7, 8, 9, 10 }));
    }

    [Test]
    public async Task One_that_goes_while_it_waits_leaves_nothing_behind()
    {
        Instance held = Take();
        using CancellationTokenSource gone = new();
        Task<float[]> waits = ComputeAsync(7, gone.Token);
        await gone.CancelAsync();
        await Assert.ThrowsAsync<OperationCanceledException>(() => waits);

        Return(held);
        Assert.That(await ComputeAsync(1), Is.EqualTo(new float[] { 1, 2, 3, 4 }));
        Assert.That(_instances.Rings.Select(r => r.Busy), Is.All.Zero);
    }

    [Test]
    public async Task Under_many_clients_every_request_gets_its_own_answer()
    {
        await Parallel.ForAsync(0, 4000, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (i, token) =>
            Assert.That(await ComputeAsync(i, token), Is.EqualTo(new float[] { i, i + 1, i + 2, i + 3 })));

        Assert.That(_scheduler.Waiting, Is.Zero);
    }

    [Test]
    public void A_request_that_waits_for_a_run_is_looked_at_again_when_that_is_overdue_and_starts_beside_it()
    {
        MovedTime time = new();
        using WidthChooser chooser = new(_instances.Rings[0], _instances.Rings[1], new WidthPolicy(2, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(10)), time);
        using ManualResetEventSlim again = new();
        chooser.Overdue = again.Set;
        Assert.That(chooser.TryTake(1, out Instance overdue), Is.True);
        time.Now += TimeSpan.FromSeconds(2);

        Assert.That(chooser.TryTake(1, out _), Is.False);

        Assert.That(again.Wait(TimeSpan.FromSeconds(10)), Is.True);
        time.Now += TimeSpan.FromSeconds(10);
        Assert.That(chooser.TryTake(1, out Instance beside), Is.True);
        Assert.That(beside.Ring, Is.SameAs(_instances.Rings[1]));
        chooser.Return(beside);
        chooser.Return(overdue);
    }

    private Instance Take()
    {
        Assert.That(_instances.TryTake(1, out Instance instance), Is.True);
        return instance;
    }

    private void Return(Instance instance)
    {
        _instances.Return(instance);
        _scheduler.StartWorker();
    }

    private async Task<float[]> ComputeAsync(int from, CancellationToken cancellationToken = default)
    {
        InferRequest request = TestModel.Floats("x", [1, 4], from, from + 1, from + 2, from + 3);
        using InferResult result = await _scheduler.RunAsync(request, _all, cancellationToken);
        return System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(result.Outputs[0].Data).ToArray();
    }

    private sealed class MovedTime : TimeProvider
    {
        public TimeSpan Now { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;
    }
}
