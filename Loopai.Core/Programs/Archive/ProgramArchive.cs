using System.IO.Compression;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Loopai.Core.Programs;

/// <summary>What goes into a download.</summary>
/// <param name="Name">The task's name.</param>
/// <param name="Version">The program's version.</param>
/// <param name="Language">What the program is.</param>
/// <param name="Program">The artifact of a model, or the source in UTF-8.</param>
/// <param name="InputSchema">The task's input schema.</param>
/// <param name="OutputSchema">The task's output schema.</param>
/// <param name="Description">What the task is, for the README.</param>
public sealed record ProgramArchiveContent(
    string Name,
    int Version,
    ProgramLanguage Language,
    ReadOnlyMemory<byte> Program,
    JsonElement InputSchema,
    JsonElement OutputSchema,
    string? Description = null);

/// <summary>The download: a ZIP that runs without Loopai. The same content gives the same bytes.</summary>
public static class ProgramArchive
{
    private static readonly DateTimeOffset FixedTime = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly JsonSerializerOptions Indented = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Writes the ZIP; the stream need not be seekable and stays open.</summary>
    public static void Write(Stream zip, ProgramArchiveContent content)
    {
        using var archive = new ZipArchive(zip, ZipArchiveMode.Create, leaveOpen: true);
        var command = AddProgram(archive, content);
        Add(archive, "task.json", JsonSerializer.SerializeToUtf8Bytes(
            new { content.Name, content.Description, content.Version, content.InputSchema, content.OutputSchema }, Indented));
        Add(archive, "README.md", Encoding.UTF8.GetBytes(Readme(content, command)));
    }

    private static string AddProgram(ZipArchive archive, ProgramArchiveContent content)
    {
        switch (content.Language)
        {
            case ProgramLanguage.Model:
                Add(archive, "program.json", content.Program.Span);
                Add(archive, "program.py", Resource("model_program.py"));
                return "python3 program.py";
            case ProgramLanguage.Python:
                Add(archive, "program.py", content.Program.Span);
                Add(archive, "run.py", Resource("run_python.py"));
                return "python3 run.py";
            case ProgramLanguage.JavaScript:
                Add(archive, "program.js", content.Program.Span);
                Add(archive, "run.js", Resource("run_javascript.js"));
                return "node run.js";
            default:
                throw new ArgumentOutOfRangeException(nameof(content), content.Language, "No download for this language.");
        }
    }

    private static string Readme(ProgramArchiveContent content, string command)
    {
        var text = new StringBuilder();
        text.Append("# ").Append(OneLine(content.Name)).Append(", version ").Append(content.Version).Append("\n\n");
        if (!string.IsNullOrWhiteSpace(content.Description))
        {
            text.Append(content.Description.Trim()).Append("\n\n");
        }

        text.Append("Runs by itself, with nothing to install beside the interpreter. One JSON input a line in, one answer a line out:\n\n")
            .Append("    echo '<input>' | ").Append(command).Append("\n\n")
            .Append("prints `{\"output\": ..., \"confidence\": ...}`. What inputs and outputs look like stands in `task.json`.\n");
        if (content.Language == ProgramLanguage.Model)
        {
            var description = ModelProgram.Load(content.Program).Describe();
            text.Append("\n## What it does\n\n").Append(description.Summary).Append('\n');
            foreach (var rule in description.Rules)
            {
                text.Append("\n- ").Append(OneLine(rule.Sentence));
            }

            text.Append(description.Rules.Count > 0 ? "\n" : "");
        }

        return text.ToString();
    }

    private static string OneLine(string text) => text.ReplaceLineEndings(" ");

    private static void Add(ZipArchive archive, string name, ReadOnlySpan<byte> content)
    {
        var entry = archive.CreateEntry(name, CompressionLevel.Optimal);
        entry.LastWriteTime = FixedTime;
        using var stream = entry.Open();
        stream.Write(content);
    }

    private static byte[] Resource(string name)
    {
        using var stream = typeof(ProgramArchive).Assembly.GetManifestResourceStream($"Loopai.Core.Programs.Archive.{name}")
            ?? throw new InvalidOperationException($"The build left out {name}.");
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }
}
