namespace Loopai.Core.Programs;

/// <param name="Output">The answer as UTF-8 JSON; for a class the same memory every time.</param>
/// <param name="Confidence">How likely the answer is right, 0..1; for a number, how close it is expected to be.</param>
public readonly record struct ModelAnswer(ReadOnlyMemory<byte> Output, double Confidence);
