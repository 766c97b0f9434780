namespace ModelOperator.Server.Serving.Grpc;

/// <summary>Names that calls share.</summary>
internal static class GrpcServices
{
    public const string Inference = "inference.GRPCInferenceService";

    /// <summary>The version asked for; null where the choice is left to the server.</summary>
    public static string? Version(string version) => version.Length == 0 ? null : version;
}
