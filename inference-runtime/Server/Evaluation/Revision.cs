using System.Net;
using System.Text;
using System.Text.Json;
using ModelOperator.Protocol;
using ModelOperator.Server.Execution;
using ModelOperator.Server.Feedback;
using ModelOperator.Server.Models;

namespace ModelOperator.Server.Evaluation;

/// <summary>One of the two revisions that are compared: what its model takes, and what it answers.</summary>
internal sealed class Revision
{
    private readonly string _path;
    private readonly RevisionHttp _http;
    private readonly ProtocolLimits _limits;
    private readonly IReadOnlyList<TensorSpec> _inputs;
    private readonly PredictionReader _reader;
    private readonly Tolerance _tolerance;
    private readonly byte[] _ending;

    private Revision(
        string path, RevisionHttp http, ProtocolLimits limits, IReadOnlyList<TensorSpec> inputs, PredictionReader reader,
        Tolerance tolerance)
    {
        (_path, _http, _limits, _inputs, _reader, _tolerance) = (path, http, limits, inputs, reader, tolerance);
        // Only the output that is judged is sent back.
        _ending = Encoding.UTF8.GetBytes($$""","outputs":[{"name":"{{JsonEncodedText.Encode(reader.OutputName)}}"}]}""");
    }

    /// <summary>Asks a revision what its model is.</summary>
    public static async Task<Revision> MeetAsync(
        string arm, RevisionHttp http, string model, FeedbackOptions feedback, ProtocolLimits limits, CancellationToken cancellationToken)
    {
        string path = $"v2/models/{Uri.EscapeDataString(model)}";
        (HttpStatusCode status, byte[] body, _) = await http.SendAsync(path, null, cancellationToken);
        ModelMetadata metadata = status == HttpStatusCode.OK
            ? ReadMetadata(arm, body)
            : throw new TerminatingException(
                FailureReasons.RevisionUnreachable,
                $"{arm} does not tell of model '{model}': {RevisionHttp.ErrorOf(status, body)}");
        PredictionReader reader = PredictionReader.For([.. metadata.Outputs.Select(TensorSpec.Of).OfType<TensorSpec>()], feedback)
            ?? throw new TerminatingException(
                FailureReasons.NoLabels,
                feedback.Kind == PredictionKind.Number
                    ? $"{arm}: model '{model}' predicts no numbers: no output of it is floating-point"
                    : $"{arm}: model '{model}' predicts no classes: no output of it is labels or scores of classes");
        return new Revision(
            $"{path}/infer", http, limits, [.. metadata.Inputs.Select(TensorSpec.Of).OfType<TensorSpec>()], reader,
            feedback.Tolerance ?? default);
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

    /// <summary>Asks for the predictions of a row and holds the truth against them.</summary>
    public async Task<Answer> AskAsync(Line line, LabelledRow row, CancellationToken cancellationToken)
    {
        JudgedTruth truth = JudgedTruth.Of(row.Truth, _reader.Kind, _tolerance);
        byte[] request = [.. "{\"inputs\":"u8, .. line.Text.AsSpan(row.Inputs), .. _ending];
        (HttpStatusCode status, byte[] body, TimeSpan latency) = await _http.SendAsync(_path, request, cancellationToken);
        if (status != HttpStatusCode.OK)
        {
            return new Answer(null, 0, RevisionHttp.ErrorOf(status, body), latency);
        }

        try
        {
            long[] predictions = ReadPredictions(body, out int width);
            return new Answer(truth.Judge(predictions, width), predictions.Length, null, latency);
        }
        catch (ProtocolException e)
        {
            return new Answer(null, 0, $"the answer cannot be read: {e.Message}", latency);
        }
    }

    private long[] ReadPredictions(byte[] body, out int width)
    {
        IReadOnlyList<InferTensor> outputs = InferResponseReader.Read(body, _limits);
        try
        {
            InferTensor output = outputs.FirstOrDefault(output => output.Name == _reader.OutputName)
                ?? throw new ProtocolException($"output '{_reader.OutputName}' is missing");
            long[] predictions = new long[_reader.Count(output.DataType, output.Shape, output.ElementCount, out width)];
            if (predictions.Length > 0)
            {
                _reader.Read(output.Data.Span, output.ElementCount, predictions);
            }

            return predictions;
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
            throw new TerminatingException(
                FailureReasons.RevisionUnreachable, $"{arm} tells of its model in a form that cannot be read: {e.Message}", e);
        }
    }
}

/// <summary>What a revision made of a row, or the model's error.</summary>
/// <param name="Right">Whether each prediction is right; null when the model answered with an error, or with another number of predictions
/// than the truth has.</param>
/// <param name="Predictions">How many predictions there are.</param>
/// <param name="Error">What the error says; null when there is none.</param>
/// <param name="Latency">From the request to the whole answer.</param>
internal sealed record Answer(bool[]? Right, int Predictions, string? Error, TimeSpan Latency)
{
    /// <summary>Whether a prediction is wrong; there being none, or not as many as there must be, is wrong too.</summary>
    public bool IsWrong(int index) => Right is null || !Right[index];
}
