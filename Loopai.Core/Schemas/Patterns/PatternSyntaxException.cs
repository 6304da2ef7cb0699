namespace Loopai.Core.Schemas.Patterns;

/// <summary>A text is not a regular expression of ECMAScript, or one that cannot be matched here.</summary>
internal sealed class PatternSyntaxException(string message) : Exception(message);
