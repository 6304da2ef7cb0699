using System.Text.Json;
using Loopai.Core.Tasks;

namespace Loopai.Core.Programs;

/// <summary>A version packed to be taken away.</summary>
/// <param name="FileName">What to save it as: <c>spam-filter-v3.zip</c>.</param>
/// <param name="Zip">The archive; a version is small enough to be packed in memory.</param>
public sealed record ProgramDownload(string FileName, byte[] Zip)
{
    private const int MaxNameLength = 60;

    internal static ProgramDownload Of(TaskDefinition task, ProgramVersion program)
    {
        using var zip = new MemoryStream();
        ProgramArchive.Write(zip, new ProgramArchiveContent(
            task.Name, program.Version, program.Language, program.Artifact, JsonElement.Parse(task.InputSchema), JsonElement.Parse(task.OutputSchema),
            task.Description));
        return new ProgramDownload($"{FileSafe(task.Name)}-v{program.Version}.zip", zip.ToArray());
    }

    /// <summary>Letters and digits that every file system and every header takes.</summary>
    private static string FileSafe(string name)
    {
        var words = new string([.. name.ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) ? c : ' ')]).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var joined = string.Join('-', words);
        return joined.Length == 0 ? "program" : joined[..Math.Min(joined.Length, MaxNameLength)].TrimEnd('-');
    }
}
