namespace Loopai.Core.Schemas;

/// <summary>One reason why an instance does not fit its schema.</summary>
/// <param name="InstancePointer">JSON Pointer to the part of the instance that is wrong; empty for the whole.</param>
/// <param name="SchemaPointer">JSON Pointer to the keyword that says so, where it is written in the schema.</param>
/// <param name="Keyword">The keyword, e.g. <c>maxLength</c>.</param>
/// <param name="Message">What was expected and what was found, with the found value shortened.</param>
public sealed record SchemaError(string InstancePointer, string SchemaPointer, string Keyword, string Message);
