namespace Loopai.Portal.Tests.Plugins.Publishing;

/// <summary>A package of the corpus.</summary>
/// <param name="Name">What is in it.</param>
/// <param name="Bytes">The ZIP archive.</param>
/// <param name="Rule">The rule that has to stop it; null for one that has to pass.</param>
public sealed record CorpusPackage(string Name, byte[] Bytes, string? Rule);
