using ModelOperator.Protocol;
using ModelOperator.Server.Execution;
using ModelOperator.Server.Serving;
using ModelOperator.Server.Statistics;

namespace ModelOperator.Server.Models;

/// <summary>One version of one model, and what state it is in.</summary>
internal sealed class ServedModel(string name, string version, TimeProvider time, ILogger<ServedModel> logger) : IDisposable
{
    private volatile OnnxModel? _model;
    private volatile bool _ready;

    public string Name => name;

    public string Version => version;

    /// <summary>What it did for clients so far.</summary>
    public ModelStatistics Statistics { get; } = new(time);

    /// <summary>The model once it is loaded; clients are sent here when it is warm too.</summary>
    public OnnxModel? Loaded => _model;

    /// <summary>False once the model failed on what it had computed before, as after a GPU was lost: only a restart helps.</summary>
    public bool Healthy => _model?.Healthy != false;

    public bool Ready => _ready && Healthy;

    /// <summary>Inputs made up for the warm-up that the model computes.</summary>
    public IReadOnlyList<InferTensor> Sample => _model?.Sample ?? [];

    public void Load(ModelOpener opener, string path, CancellationToken cancellationToken)
    {
        LogMessages.Loading(logger, name, path);
        _model = opener.Open(path, new ExecutionRecorder(this), cancellationToken);
    }

    /// <summary>From now on clients may come.</summary>
    public void MarkReady() => _ready = true;

    /// <summary>The model once it is loaded and while it works.</summary>
    public OnnxModel Require() => !Healthy
        ? throw new OverloadedException($"model '{name}' is broken, its server waits to be restarted")
        : _model ?? throw new OverloadedException($"model '{name}' is not loaded yet");

    /// <summary>Computes a checked request when its turn has come.</summary>
    public ValueTask<InferResult> RunAsync(InferRequest request, CancellationToken cancellationToken) => Require().RunAsync(request, cancellationToken);

    public void Dispose() => _model?.Dispose();
}
