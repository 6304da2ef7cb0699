namespace Loopai.Core.Schemas.Formats;

/// <summary>Whether a text is in a format.</summary>
internal delegate bool FormatCheck(ReadOnlySpan<char> text);
