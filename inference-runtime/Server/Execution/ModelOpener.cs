using ModelOperator.Server.Batching;
using ModelOperator.Server.Feedback;
using ModelOperator.Server.Models;

namespace ModelOperator.Server.Execution;

/// <summary>
/// Opens a model: finds inputs that it computes, measures it, decides by that how it is run, and runs it in the shapes that traffic will
/// bring, so that no client pays for what is done only once.
/// </summary>
internal sealed class ModelOpener(
    SessionFactory factory, ExecutionOptions options, FeedbackOptions feedback, TimeProvider time, ILogger logger)
{
    /// <summary>Models of fewer bytes allocate so little for a run that the C library's allocator is the faster one.</summary>
    private const long ArenaFrom = 16 * 1024 * 1024;

    /// <summary>Runs at the same time on a GPU: while one computes, the inputs of the next are brought there.</summary>
    private const int GpuInstances = 2;

    /// <summary>A second session of a model must not take more than this part of the memory.</summary>
    private const int MemoryShare = 8;

    public static ModelOpener For(ExecutionOptions options, FeedbackOptions feedback, TimeProvider time, ILogger logger) =>
        new(new SessionFactory(new OptimizedGraphs(options.CacheDirectory, logger), logger), options, feedback, time, logger);

    /// <summary>Opens models in another way.</summary>
    public ModelOpener With(ExecutionOptions other) => new(factory, other, feedback, time, logger);

    public OnnxModel Open(string path, ExecutionRecorder recorder, CancellationToken cancellationToken)
    {
        List<OrtSession> opened = [];
        try
        {
            OrtSession first = OpenSession(path, options.Providers, options.Devices[0], FirstThreads(options.Providers[0]), opened, cancellationToken);
            if (first.Provider == ExecutionProvider.Cpu && options.Providers[0] != ExecutionProvider.Cpu)
            {
                // A GPU was wished, so that the threads are wrong.
                opened.Clear();
                first.Dispose();
                first = OpenSession(path, [ExecutionProvider.Cpu], 0, FirstThreads(ExecutionProvider.Cpu), opened, cancellationToken);
            }

            ModelBench bench = ModelBench.Run(first, options, time, logger, cancellationToken);
            InstancePool instances = first.Provider == ExecutionProvider.Cpu
                ? InstancesOnCpu(path, bench, opened, cancellationToken)
                : InstancesOnGpus(path, bench, opened, cancellationToken);
            bench.WarmUp(instances.Rings, cancellationToken);
            NativeHeap.Trim();
            ImagePages.Release();
            return Assemble(bench, instances, recorder);
        }
        catch
        {
            opened.ForEach(session => session.Dispose());
            throw;
        }
    }

    // What a GPU leaves to the CPU is little; whichever run has it may have all threads.
    private int FirstThreads(ExecutionProvider provider) =>
        provider == ExecutionProvider.Cpu ? CpuLayout.FirstThreads(options) : options.Threads ?? options.Cpus;

    private OrtSession OpenSession(
        string path, IReadOnlyList<ExecutionProvider> providers, int device, int threads, List<OrtSession> opened, CancellationToken cancellationToken)
    {
        bool arena = File.Exists(path) && new FileInfo(path).Length >= ArenaFrom;
        SessionRecipe recipe = new(providers, device, threads, options.Precision, arena, options.FlushDenormals);
        OrtSession session = factory.Open(path, recipe, cancellationToken);
        opened.Add(session);
        return session;
    }

    private InstancePool InstancesOnCpu(string path, ModelBench bench, List<OrtSession> opened, CancellationToken cancellationToken)
    {
        OrtSession narrow = opened[0];
        OrtSession? wide = null;
        (TimeSpan Narrow, TimeSpan Wide)? measured = null;
        bool room = new FileInfo(path).Length * 2 < GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / MemoryShare;
        if (CpuLayout.MayWiden(options, bench.Single) && room)
        {
            OrtSession all = wide = OpenSession(path, [ExecutionProvider.Cpu], 0, options.Cpus, opened, cancellationToken);
            measured = CpuLayout.MeasureWide(bench.Full, () => bench.MeasureFull(narrow, cancellationToken), () => bench.MeasureFull(all, cancellationToken));
        }

        if (measured is { } times)
        {
            LogMessages.ThreadsMeasured(logger, Math.Round(times.Narrow.TotalMilliseconds, 3), options.Cpus, Math.Round(times.Wide.TotalMilliseconds, 3));
        }

        CpuLayout layout = CpuLayout.Decide(options, bench.Single, measured?.Narrow ?? bench.Full, measured?.Wide, bench.Plan.Batches);
        OrtSession? unused = layout.WideThreads > 0 ? null : layout.Threads == narrow.Threads ? wide : narrow;
        if (unused is not null)
        {
            opened.Remove(unused);
            unused.Dispose();
        }

        LogMessages.CpuLayout(logger, layout.Instances, layout.Threads, Math.Max(layout.WideThreads, layout.Threads));
        if (layout.WideThreads == 0)
        {
            return new InstancePool([Ring(unused == narrow ? wide! : narrow, bench, layout.Instances)]);
        }

        SlotRing[] rings = [Ring(wide!, bench, 1), Ring(narrow, bench, layout.Instances)];
        return new InstancePool(rings, new WidthChooser(rings[0], rings[1], new WidthPolicy(layout.Instances, measured!.Value.Wide, measured.Value.Narrow), time));
    }

    private InstancePool InstancesOnGpus(string path, ModelBench bench, List<OrtSession> opened, CancellationToken cancellationToken)
    {
        foreach (int device in options.Devices.Skip(1))
        {
            OrtSession session = OpenSession(path, options.Providers, device, opened[0].Threads, opened, cancellationToken);
            if (session.Provider != opened[0].Provider)
            {
                throw new TerminatingException(
                    FailureReasons.ProviderUnavailable, $"device {device} runs the model on {session.Provider.Name()}, but device {opened[0].Device} on {opened[0].Provider.Name()}");
            }
        }

        int instances = options.Instances ?? GpuInstances;
        LogMessages.GpuLayout(logger, string.Join(", ", options.Devices), instances);
        return new InstancePool([.. opened.Select(session => Ring(session, bench, instances))]);
    }

    private static SlotRing Ring(OrtSession session, ModelBench bench, int slots) =>
        new(session, Enumerable.Range(0, slots).Select(_ => new RunSlot(session, bench.Signature.Inputs)));

    private OnnxModel Assemble(ModelBench bench, InstancePool instances, ExecutionRecorder recorder)
    {
        ProviderShare[] shares = ProviderShare.Of(instances.Rings[0].Session);
        LogMessages.Running(logger, string.Join(", ", shares), Math.Round(bench.Single.TotalMilliseconds, 3));
        LogMessages.Batching(logger, bench.Plan.MaxRows, bench.Plan.Reason);
        ModelPace pace = new();
        if (bench.Sample.Count > 0)
        {
            pace.Measured(bench.Single, bench.Sample.Sum(t => (long)t.Data.Length));
        }

        PredictionReader? predictions = PredictionReader.For(bench.Signature.Outputs, feedback);
        OutputSelections selections = new(bench.Signature.Inputs, bench.Signature.Outputs, predictions?.OutputName);
        ModelHealth health = new(selections.All, logger) { Sample = bench.Sample };
        ModelRunner runner = new(bench.Signature.Inputs, pace, health, recorder, time, logger) { TellsShapes = bench.TellsShapes };
        RunScheduler scheduler = new(instances, runner, new BatchRunner(bench.Signature.Inputs, runner, recorder, time, logger), bench.Signature.Inputs, bench.Plan, time);
        return new OnnxModel(bench.Signature, predictions, bench.Plan, shares, instances, selections, health, scheduler);
    }
}
