using System.Net;
using System.Text;
using System.Text.Json;
using ModelOperator.Protocol;
using ModelOperator.Server.Models;

namespace ModelOperator.Server.Evaluation;

/// <summary>One of the two revisions that are compared: what its model takes, and what it answers.</summary>
internal sealed class Revision
{
    private readonly string _path;
    private readonly RevisionHttp _http;
    private readonly ProtocolLimits _limits;
    private readonly IReadOnlyList<TensorSpec> _inputs;
    private readonly LabelReader _labels;
    private readonly byte[] _ending;

    private Revision(string path, RevisionHttp http, ProtocolLimits limits, IReadOnlyList<TensorSpec> inputs, LabelReader labels)
    {
        (_path, _http, _limits, _inputs, _labels) = (path, http, limits, inputs, labels);
        // Only the output that the labels are read from is sent back.
        _ending = Encoding.UTF8.GetBytes($$""","outputs":[{"name":"{{JsonEncodedText.Encode(labels.OutputName)}}"}]}""");
    }

    /// <summary>Asks a revision what its model is.</summary>
    public static async Task<Revision> MeetAsync(
        string arm, RevisionHttp http, string model, ProtocolLimits limits, CancellationToken cancellationToken)
    {
        string path = $"v2/models/{Uri.EscapeDataString(model)}";
        (HttpStatusCode status, byte[] body, _) = await http.SendAsync(path, null, cancellationToken);
        ModelMetadata metadata = status == HttpStatusCode.OK
            ? ReadMetadata(arm, body)
            : throw new TerminatingException(FailureReasons.RevisionUnreachable, $"{arm} does not tell of model '{model}': {RevisionHttp.ErrorOf(status, body)}");
        LabelReader labels = LabelReader.For([.. metadata.Outputs.Select(TensorSpec.Of).OfType<TensorSpec>()])
            ?? throw new TerminatingException(
                FailureReasons.NoLabels, $"{arm}: model '{model}' predicts no classes: no output of it is labels or scores of classes");
        return new Revision($"{path}/infer", http, limits, [.. metadata.Inputs.Select(TensorSpec.Of).OfType<TensorSpec>()], labels);
    }

    /// <summary>Why a row cannot be a request to this model; null when it can.</summary>
    public string? Misfit(LabelledRow row)
    {
        try
        {
            RequestValidation.Check(row.Request, _inputs, []);
            return null;
        }
        catch (ProtocolException e)
        {
            return e.Message;
        }
    }

    /// <summary>Asks for the labels of a row.</summary>
    public async Task<Answer> AskAsync(Line line, LabelledRow row, CancellationToken cancellationToken)
    {
        byte[] request = [.. "{\"inputs\":"u8, .. line.Text.AsSpan(row.Inputs), .. _ending];
        (HttpStatusCode status, byte[] body, TimeSpan latency) = await _http.SendAsync(_path, request, cancellationToken);
        if (status != HttpStatusCode.OK)
        {
            return new Answer(null, RevisionHttp.ErrorOf(status, body), latency);
        }

        try
        {
            return new Answer(ReadLabels(body), null, latency);
        }
        catch (ProtocolException e)
        {
            return new Answer(null, $"the answer cannot be read: {e.Message}", latency);
        }
    }

    private string[] ReadLabels(byte[] body)
    {
        IReadOnlyList<InferTensor> outputs = InferResponseReader.Read(body, _limits);
        try
        {
            return outputs.FirstOrDefault(output => output.Name == _labels.OutputName) is { } output
                ? _labels.Read(output)
                : throw new ProtocolException($"output '{_labels.OutputName}' is missing");
        }
        finally
        {
            foreach (InferTensor output in outputs)
            {
                output.Dispose();
            }
        }
    }

    private static ModelMetadata ReadMetadata(string arm, byte[] body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, ProtocolJson.Default.ModelMetadata) is { Inputs: not null, Outputs: not null } metadata
                ? metadata
                : throw new JsonException("it lacks inputs or outputs");
        }
        catch (JsonException e)
        {
            throw new TerminatingException(FailureReasons.RevisionUnreachable, $"{arm} tells of its model in a form that cannot be read: {e.Message}", e);
        }
    }
}
