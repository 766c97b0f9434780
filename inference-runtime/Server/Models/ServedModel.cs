using ModelOperator.Protocol;
using ModelOperator.Server.Execution;
using ModelOperator.Server.Repository;
using ModelOperator.Server.Serving;
using ModelOperator.Server.Statistics;

namespace ModelOperator.Server.Models;

/// <summary>One version of one model, and what state it is in.</summary>
internal sealed class ServedModel : IDisposable
{
    private readonly ModelSource _source;
    private readonly ILogger _logger;
    private readonly TaskCompletionSource _unused = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly UseCount _uses;
    private volatile OnnxModel? _model;
    private volatile bool _ready;

    public ServedModel(ModelSource source, TimeProvider time, ILogger logger)
    {
        (_source, _logger) = (source, logger);
        _uses = new UseCount(_unused.SetResult);
        Statistics = new ModelStatistics(time);
    }

    public string Name => _source.Name;

    public string Version => _source.Version;

    /// <summary>Names of the classes of its outputs; those that are missing have none.</summary>
    public IReadOnlyList<string> Labels { get; private set; } = [];

    /// <summary>What it did for clients so far.</summary>
    public ModelStatistics Statistics { get; }

    /// <summary>The model once it is loaded; clients are sent here when it is warm too.</summary>
    public OnnxModel? Loaded => _model;

    /// <summary>False once the model failed on what it had computed before, as after a GPU was lost: only a restart helps.</summary>
    public bool Healthy => _model?.Healthy != false;

    public bool Ready => _ready && Healthy;

    /// <summary>Whether a run takes so long that it must not keep a connection's own thread, which also notices that a client is gone.</summary>
    public bool RunsLong { get; set; }

    /// <summary>Inputs made up for the warm-up that the model computes.</summary>
    public IReadOnlyList<InferTensor> Sample => _model?.Sample ?? [];

    public void Load(ModelOpener opener, CancellationToken cancellationToken)
    {
        LogMessages.Loading(_logger, Name, _source.Path);
        Labels = _source.ReadLabels();
        _model = opener.Open(_source.Path, new ExecutionRecorder(this), cancellationToken);
    }

    /// <summary>From now on clients may come.</summary>
    public void MarkReady() => _ready = true;

    /// <summary>The model once it is loaded and while it works.</summary>
    public OnnxModel Require() => !Healthy
        ? throw new OverloadedException($"model '{Name}' is broken, its server waits to be restarted")
        : _model ?? throw new OverloadedException($"model '{Name}' is not loaded yet");

    /// <summary>Computes a checked request when its turn has come. The model stays until the result is disposed.</summary>
    public ValueTask<InferResult> RunAsync(InferRequest request, Cancellation cancellation)
    {
        OnnxModel model = Require();
        Enter();
        try
        {
            ValueTask<InferResult> run = model.RunAsync(request, cancellation);
            return run.IsCompletedSuccessfully ? new ValueTask<InferResult>(Hold(run.Result)) : HoldAsync(run);
        }
        catch
        {
            Leave();
            throw;
        }
    }

    /// <summary>A user of the model, or of what it computed, is done with it.</summary>
    public void Leave() => _uses.Leave();

    /// <summary>Nobody may use the model any more; waits until nobody does.</summary>
    public Task UnusedAsync()
    {
        _uses.End();
        return _unused.Task;
    }

    public void Dispose()
    {
        _model?.Dispose();
        _source.Release();
    }

    private void Enter()
    {
        if (!_uses.TryEnter())
        {
            throw new ProtocolException(404, $"version '{Version}' of model '{Name}' was unloaded");
        }
    }

    private InferResult Hold(InferResult result)
    {
        result.Holds(this);
        return result;
    }

    private async ValueTask<InferResult> HoldAsync(ValueTask<InferResult> run)
    {
        try
        {
            return Hold(await run);
        }
        catch
        {
            Leave();
            throw;
        }
    }
}
