namespace Loopai.Core.Schemas;

/// <summary>The schema itself is at fault, so that nothing can be validated with it.</summary>
public sealed class InvalidSchemaException : Exception
{
    public InvalidSchemaException(string pointer, string message, Exception? inner = null)
        : base(message, inner)
    {
        Pointer = pointer;
    }

    /// <summary>JSON Pointer to the fault in the schema; empty for the whole schema.</summary>
    public string Pointer { get; }
}
