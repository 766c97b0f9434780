namespace ModelOperator.Protocol.Grpc;

/// <summary>Field numbers of <c>inference.ModelInferRequest</c>.</summary>
internal static class RequestFields
{
    public const int ModelName = 1;
    public const int ModelVersion = 2;
    public const int Id = 3;
    public const int Parameters = 4;
    public const int Inputs = 5;
    public const int Outputs = 6;
    public const int RawInputContents = 7;
}

/// <summary>Field numbers of <c>ModelInferRequest.InferInputTensor</c>.</summary>
internal static class InputFields
{
    public const int Name = 1;
    public const int Datatype = 2;
    public const int Shape = 3;
    public const int Parameters = 4;
    public const int Contents = 5;
}
