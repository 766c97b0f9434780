using System.CommandLine;

namespace ModelOperator.BenchmarkLimits.Loop;

/// <summary>The options that both kinds of loop have.</summary>
internal sealed class LoopOptions
{
    private readonly Option<string> _model = new("--model") { Description = "File of the ONNX model", Required = true };
    private readonly Option<int> _batch = new("--batch") { Description = "Rows in a run", DefaultValueFactory = _ => 1 };
    private readonly Option<int> _callers =
        new("--callers") { Description = "Threads that run the model at the same time", DefaultValueFactory = _ => 1 };
    private readonly Option<bool> _sessionEach = new("--session-each") { Description = "A session for each caller instead of one for all" };
    private readonly Option<int> _threads =
        new("--threads") { Description = "ONNX Runtime's threads for one run", DefaultValueFactory = _ => Environment.ProcessorCount };
    private readonly Option<bool> _cuda = new("--cuda") { Description = "Run on the CUDA execution provider" };
    private readonly Option<bool> _onDevice = new("--on-device") { Description = "With --cuda: inputs and outputs stay on the device" };
    private readonly Option<double> _seconds = new("--seconds") { Description = "How long to measure", DefaultValueFactory = _ => 3 };

    public void AddTo(Command command)
    {
        foreach (Option option in (IEnumerable<Option>)[_model, _batch, _callers, _sessionEach, _threads, _cuda, _onDevice, _seconds])
        {
            command.Options.Add(option);
        }
    }

    public BareOptions Read(ParseResult parsed) => new()
    {
        Model = parsed.GetRequiredValue(_model),
        Batch = parsed.GetValue(_batch),
        Callers = parsed.GetValue(_callers),
        SessionEach = parsed.GetValue(_sessionEach),
        Threads = parsed.GetValue(_threads),
        Cuda = parsed.GetValue(_cuda),
        OnDevice = parsed.GetValue(_onDevice),
    };

    public TimeSpan Duration(ParseResult parsed) => TimeSpan.FromSeconds(parsed.GetValue(_seconds));
}
