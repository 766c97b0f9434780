namespace ModelOperator.Server.Fetching.Download;

/// <summary>A part of a file belongs to another file than the parts before.</summary>
internal sealed class ContentChangedException(string message) : Exception(message);
