namespace ModelOperator.BenchmarkLimits.Loop;

/// <summary>How the bare loop runs a model.</summary>
internal sealed record BareOptions
{
    public required string Model { get; init; }

    /// <summary>Rows of each input's first axis where the model leaves it open.</summary>
    public int Batch { get; init; } = 1;

    /// <summary>Threads that run the model at the same time.</summary>
    public int Callers { get; init; } = 1;

    /// <summary>One session for each caller instead of one for all.</summary>
    public bool SessionEach { get; init; }

    /// <summary>ONNX Runtime's threads for one run; 0 is its own default.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>Run on the CUDA execution provider, inputs and outputs copied to and from the device for each run.</summary>
    public bool Cuda { get; init; }

    /// <summary>Leave inputs and outputs on the CUDA device, so that nothing is copied.</summary>
    public bool OnDevice { get; init; }

    /// <summary>Prefix of the file that ONNX Runtime's profiler writes.</summary>
    public string? Profile { get; init; }
}
