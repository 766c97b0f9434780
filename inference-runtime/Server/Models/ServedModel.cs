using ModelOperator.Protocol;
using ModelOperator.Server.Execution;
using ModelOperator.Server.Statistics;

namespace ModelOperator.Server.Models;

/// <summary>One version of one model, and what state it is in.</summary>
internal sealed class ServedModel : IDisposable
{
    private readonly ModelSource _source;
    private readonly ILogger _logger;
    private readonly UseCount _uses;
    private volatile OnnxModel? _model;
    private volatile bool _ready;

    public ServedModel(ModelSource source, TimeProvider time, ILogger logger)
    {
        (_source, _logger) = (source, logger);
        _uses = new UseCount(Close);
        Statistics = new ModelStatistics(time) { Paused = true };
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

    /// <summary>Inputs made up for the warm-up that the model computes.</summary>
    public IReadOnlyList<InferTensor> Sample => _model?.Sample ?? [];

    public void Load(ModelOpener opener, CancellationToken cancellationToken)
    {
        LogMessages.Loading(_logger, Name, _source.Path);
        Labels = _source.ReadLabels();
        _model = opener.Open(_source.Path, Statistics, cancellationToken);
    }

    /// <summary>From now on clients may come.</summary>
    public void MarkReady()
    {
        Statistics.Paused = false;
        _ready = true;
    }

    /// <summary>The model once it is loaded and while it works.</summary>
    public OnnxModel Require() => !Healthy
        ? throw new OverloadedException($"model '{Name}' is broken, its server waits to be restarted")
        : _model ?? throw new OverloadedException($"model '{Name}' is not loaded yet");

    /// <summary>Computes a checked request when its turn has come. The model stays until the result is disposed.</summary>
    public async ValueTask<InferResult> RunAsync(InferRequest request, CancellationToken cancellationToken)
    {
        OnnxModel model = Require();
        if (!_uses.TryEnter())
        {
            throw new ProtocolException(404, $"version '{Version}' of model '{Name}' was unloaded");
        }

        try
        {
            InferResult result = await model.RunAsync(request, cancellationToken);
            result.Uses(_uses);
            return result;
        }
        catch
        {
            _uses.Leave();
            throw;
        }
    }

    /// <summary>Nobody may use the model any more; it is closed once nobody does.</summary>
    public void Dispose() => _uses.End();

    private void Close()
    {
        _model?.Dispose();
        _source.Release();
    }
}
