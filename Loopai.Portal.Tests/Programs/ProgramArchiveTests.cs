using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Loopai.Core.Programs;

namespace Loopai.Portal.Tests.Programs;

public sealed class ProgramArchiveTests
{
    [Fact]
    public void Write_Twice_GivesTheSameBytes()
    {
        var artifact = GivenExamples.Learn(GivenExamples.Tickets(60)).Artifact;

        Zip(ProgramLanguage.Model, artifact).ShouldBe(Zip(ProgramLanguage.Model, artifact));
    }

    [Theory]
    [InlineData(ProgramLanguage.Python, "def execute(value):\n    return value['a'] + 1\n", "python3", "run.py")]
    [InlineData(ProgramLanguage.JavaScript, "function execute(value) { return value.a + 1; }\n", "node", "run.js")]
    public void Write_Source_RunsByItself(ProgramLanguage language, string source, string command, string runner)
    {
        if (Run(Zip(language, Encoding.UTF8.GetBytes(source)), command, runner, "{\"a\":1}\n") is not { } lines)
        {
            return;
        }

        lines.ShouldHaveSingleItem().GetProperty("output").GetInt32().ShouldBe(2);
    }

    public static TheoryData<string> Programs => [.. "rule ml hybrid few regression baseline".Split(' ')];

    [Theory]
    [MemberData(nameof(Programs))]
    public void Write_Model_AnswersInPythonAsItDoesHere(string kind)
    {
        var inputs = GivenExamples.Tickets(150, seed: 4).Select(ticket => ticket.Input).Concat(OddInputs()).ToArray();
        var artifact = kind switch
        {
            "regression" => GivenExamples.Learn(TicketLengths(), new { type = "number" }).Artifact,
            "baseline" => GivenExamples.Learn([]).Artifact,
            "few" => GivenExamples.Learn(GivenExamples.Tickets(12)).Artifact,
            _ => GivenExamples.Learn(GivenExamples.Tickets(100), strategy: Enum.Parse<SynthesisStrategy>(kind, ignoreCase: true)).Artifact,
        };
        var text = string.Concat(inputs.Select(input => input.GetRawText() + "\n"));
        if (Run(Zip(ProgramLanguage.Model, artifact), "python3", "program.py", text) is not { } lines)
        {
            return;
        }

        var program = ModelProgram.Load(artifact);
        lines.Count.ShouldBe(inputs.Length);
        foreach (var (line, input) in lines.Zip(inputs))
        {
            var here = program.Execute(input);
            var output = JsonDocument.Parse(here.Output).RootElement;
            JsonElement.DeepEquals(line.GetProperty("output"), output).ShouldBeTrue($"{input} → {output} here, {line} in Python");
            line.GetProperty("confidence").GetDouble().ShouldBe(here.Confidence, 1e-9);
        }
    }

    /// <summary>Every character that could be cut or lowered in another way, between two words that the model knows.</summary>
    private static IEnumerable<JsonElement> OddInputs()
    {
        for (var block = 0; block < 0x20; block++)
        {
            var text = string.Concat(Enumerable.Range(block * 0x80, 0x80).Select(code => $"refund{char.ConvertFromUtf32(code)}crash "));
            yield return GivenExamples.Json(new { subject = text, priority = block });
        }

        foreach (var code in (int[])[0x1E9E, 0x2019, 0x20AC, 0x3007, 0x30AB, 0x4E2D, 0xAC00, 0xFF21, 0xFF11, 0xFFFD, 0x1F600, 0x1F1E9, 0x20BB7, 0xE0041])
        {
            yield return GivenExamples.Json(new { subject = $"Login{char.ConvertFromUtf32(code)}{char.ConvertFromUtf32(code)}PAYMENT" });
        }

        foreach (var odd in (string[])["null", "\"refund\"", "{}", "{\"subject\":[\"refund my\",null,\"Parcel\"]}", "{\"subject\":\"\\ud800refund\\udc00\",\"priority\":1e3}",
            "{\"priority\":-12345678901234567890,\"vip\":true,\"tags\":[\"web\",\"web\",4,\"new\"]}", "{\"subject\":\"" + new string('a', 41) + " " + new string('b', 40) + " a\\u0000b\\/c\"}",
            "{\"subject\":\"" + string.Concat(Enumerable.Repeat("invoice refund 12 ", 2000)) + "\"}"])
        {
            yield return JsonDocument.Parse(odd).RootElement;
        }
    }

    private static LabelledExample[] TicketLengths() =>
        [.. GivenExamples.Tickets(80).Select(ticket => ticket with { Output = GivenExamples.Json(ticket.Input.GetProperty("subject").GetString()!.Length / 4.0) })];

    private static byte[] Zip(ProgramLanguage language, byte[] program)
    {
        using var zip = new MemoryStream();
        ProgramArchive.Write(zip, new ProgramArchiveContent("tickets", 3, language, program, GivenExamples.Json(new { type = "object" }), GivenExamples.Json(new { type = "string" })));
        return zip.ToArray();
    }

    /// <summary>The lines the unpacked program prints; null, with a message, where the interpreter is not installed.</summary>
    private static List<JsonElement>? Run(byte[] zip, string command, string script, string input)
    {
        var folder = Directory.CreateTempSubdirectory("loopai-archive-").FullName;
        try
        {
            ZipFile.ExtractToDirectory(new MemoryStream(zip), folder);
            var start = new ProcessStartInfo(command, script) { WorkingDirectory = folder, UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, StandardOutputEncoding = Encoding.UTF8 };
            using var process = Process.Start(start)!;
            var output = process.StandardOutput.ReadToEndAsync();
            process.StandardInput.BaseStream.Write(Encoding.UTF8.GetBytes(input));
            process.StandardInput.Close();
            process.WaitForExit(30_000).ShouldBeTrue();
            return [.. output.GetAwaiter().GetResult().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Console.WriteLine($"Skipped: {command} is not installed.");
            return null;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
