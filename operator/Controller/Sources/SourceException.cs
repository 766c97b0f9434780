namespace ModelOperator.Controller.Sources;

/// <summary>A source gave no answer that can be used: no data, with the reason for people.</summary>
internal sealed class SourceException(string problem, Exception? cause = null) : Exception(problem, cause);
