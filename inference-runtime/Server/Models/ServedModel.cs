using Microsoft.ML.OnnxRuntime;
using ModelOperator.Protocol;
using ModelOperator.Server.Feedback;
using ModelOperator.Server.Serving;
using ModelOperator.Server.Statistics;

namespace ModelOperator.Server.Models;

/// <summary>The model of this server and what state it is in.</summary>
internal sealed class ServedModel(string name, string version, int concurrency, FeedbackOptions feedback, TimeProvider time, ILogger<ServedModel> logger) : IDisposable
{
    private readonly SemaphoreSlim _turns = new(concurrency);
    private volatile OnnxModel? _model;
    private WarmUp? _warmUp;
    private volatile bool _broken;
    private volatile bool _ready;

    public string Name => name;

    public string Version => version;

    /// <summary>What it did for clients so far.</summary>
    public ModelStatistics Statistics { get; } = new(time);

    /// <summary>The model once it is loaded; clients are sent here when it is warm too.</summary>
    public OnnxModel? Loaded => _model;

    /// <summary>False once the model failed on what it had computed before, as after a GPU was lost: only a restart helps.</summary>
    public bool Healthy => !_broken;

    public bool Ready => _ready && Healthy;

    /// <summary>Inputs made up for the warm-up that the model computes.</summary>
    public IReadOnlyList<InferTensor> Sample => _warmUp?.Sample ?? [];

    public void Load(SessionFactory factory, string path, IReadOnlyList<ExecutionProvider> providers, CancellationToken cancellationToken)
    {
        LogMessages.Loading(logger, name, path, string.Join(", ", providers.Select(p => p.Name())));
        OnnxModel model = new(factory.Open(path, providers, cancellationToken), feedback, logger);
        _warmUp = WarmUp.Run(model, time, logger, cancellationToken);
        _model = model;
    }

    /// <summary>From now on clients may come.</summary>
    public void MarkReady() => _ready = true;

    /// <summary>The model once it is loaded and while it works.</summary>
    public OnnxModel Require() => !Healthy
        ? throw new OverloadedException($"model '{name}' is broken, its server waits to be restarted")
        : _model ?? throw new OverloadedException($"model '{name}' is not loaded yet");

    /// <summary>Computes a checked request when its turn has come.</summary>
    public async ValueTask<InferResult> RunAsync(InferRequest request, CancellationToken cancellationToken)
    {
        OnnxModel model = Require();
        string[] asked = [.. request.Outputs?.Select(o => o.Name) ?? model.Outputs.Select(o => o.Name)];
        // The predictions are remembered also when the client asked for something else only.
        string[] computed = model.Predictions is { } judged && !asked.Contains(judged.OutputName) ? [.. asked, judged.OutputName] : asked;
        long queued = time.GetTimestamp();
        using Turn turn = await WaitForTurnAsync(cancellationToken);
        try
        {
            long started = time.GetTimestamp();
            ResultTensor[] outputs = model.Run(request.Inputs, computed, cancellationToken);
            InferTimings timings = new(
                time.GetElapsedTime(queued, started), default, time.GetElapsedTime(started), default, RequestRows.Count(request, model));
            // What the warm-up runs is no client's doing.
            if (_ready)
            {
                Statistics.Executed(timings.BatchSize, timings.Input, timings.Infer, timings.Output);
            }

            return new InferResult(outputs, asked.Length, timings);
        }
        catch (OnnxRuntimeException e) when (StillComputes(cancellationToken))
        {
            throw new ProtocolException($"the model cannot compute these inputs: {SessionFactory.Reason(e)}", e);
        }
    }

    /// <summary>Waits for a turn to compute, until the result is disposed.</summary>
    public async ValueTask<Turn> WaitForTurnAsync(CancellationToken cancellationToken)
    {
        await _turns.WaitAsync(cancellationToken);
        return new Turn(_turns);
    }

    /// <summary>Whether a failed run was the request's fault: the model still computes what it computed at warm-up.</summary>
    private bool StillComputes(CancellationToken cancellationToken)
    {
        if (_warmUp is null)
        {
            return true;
        }

        try
        {
            _warmUp.Compute(cancellationToken);
            return true;
        }
        catch (OnnxRuntimeException e)
        {
            _broken = true;
            LogMessages.ModelBroken(logger, SessionFactory.Reason(e));
            return false;
        }
    }

    public void Dispose()
    {
        _model?.Dispose();
        _turns.Dispose();
    }

    /// <summary>The right to compute.</summary>
    public readonly struct Turn(SemaphoreSlim turns) : IDisposable
    {
        public void Dispose() => turns.Release();
    }
}
