namespace Loopai.Infrastructure;

/// <summary>The database cannot be set up as it is; the message tells the operator what to do.</summary>
public sealed class DatabaseSetupException(string message, Exception inner) : Exception(message, inner);
