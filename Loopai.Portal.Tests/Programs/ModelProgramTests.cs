using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Loopai.Core.Programs;
using Loopai.Core.Programs.Models;

namespace Loopai.Portal.Tests.Programs;

public sealed class ModelProgramTests
{
    private static readonly Lazy<byte[]> Tickets = new(() => GivenExamples.Learn(GivenExamples.Tickets(100), strategy: SynthesisStrategy.Hybrid).Artifact);

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{\"format\":\"loopai-model/1\"}")]
    [InlineData("{\"strategy\":1}")]
    public void Load_NotAnArtifact_SaysSo(string text) =>
        Should.Throw<ModelFormatException>(() => ModelProgram.Load(Encoding.UTF8.GetBytes(text)));

    [Theory]
    [InlineData("loopai-model/1", "loopai-model/9", "format")]
    [InlineData("\"strategy\":\"hybrid\"", "\"strategy\":\"magic\"", "strategy")]
    [InlineData("\"keys\":\"", "\"keys\":\"AAAAAAAA", "damaged")]
    [InlineData("\"keys\":\"", "\"keys\":\"?", "base64")]
    [InlineData("\"kind\":\"text\"", "\"kind\":\"sound\"", "kind")]
    public void Load_Damaged_NamesWhatIsWrong(string part, string replacement, string expected)
    {
        var damaged = Encoding.UTF8.GetString(Tickets.Value).Replace(part, replacement, StringComparison.Ordinal);

        Should.Throw<ModelFormatException>(() => ModelProgram.Load(Encoding.UTF8.GetBytes(damaged))).Message.ShouldContain(expected);
    }

    [Fact]
    public void Load_AnyByteChanged_LoadsOrThrowsModelFormatException()
    {
        var random = new Random(5);
        for (var run = 0; run < 100; run++)
        {
            var bytes = (byte[])Tickets.Value.Clone();
            bytes[random.Next(Math.Min(bytes.Length, 4000))] = (byte)random.Next(32, 127);
            try
            {
                ModelProgram.Load(bytes).Execute(GivenExamples.Json(new { subject = "refund my parcel", priority = 2 }));
            }
            catch (ModelFormatException)
            {
            }
        }
    }

    [Theory]
    [InlineData("null")]
    [InlineData("12")]
    [InlineData("{}")]
    [InlineData("{\"subject\":null,\"priority\":\"high\",\"vip\":3,\"tags\":{},\"nested\":[]}")]
    [InlineData("{\"subject\":[\"a\",null,[\"b\"]],\"priority\":1e999}")]
    [InlineData("{\"subject\":\"\\ud800 \\udc00\\ud800\"}")]
    public void Execute_OddInputs_StillAnswers(string input)
    {
        var answer = ModelProgram.Load(Tickets.Value).Execute(JsonDocument.Parse(input).RootElement);

        answer.Confidence.ShouldBeInRange(0, 1);
        answer.Output.Length.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void Execute_HugeInput_ReadsItsBeginningOnly()
    {
        var program = ModelProgram.Load(Tickets.Value);
        var filler = string.Concat(Enumerable.Repeat("please again ", 400_000));

        program.Answer(new { subject = "courier parcel delivery " + filler }).GetString().ShouldBe("shipping");
        program.Execute(GivenExamples.Json(new { subject = filler })).Confidence
            .ShouldBe(program.Execute(GivenExamples.Json(new { subject = filler + " refund" })).Confidence);
    }

    [Fact]
    public void Execute_Repeated_AllocatesNothing()
    {
        var program = ModelProgram.Load(Tickets.Value);
        var input = GivenExamples.Tickets(1)[0].Input;
        program.Execute(input);
        var before = GC.GetAllocatedBytesForCurrentThread();

        for (var run = 0; run < 1000; run++)
        {
            program.Execute(input);
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(1000 * 100);
    }

    [Fact]
    public void Execute_AnyText_IsTheSameHoweverTheJsonIsEscaped() => Prop.ForAll<string>(text =>
    {
        var program = ModelProgram.Load(Tickets.Value);
        var valid = new string([.. (text ?? "").Where(letter => !char.IsSurrogate(letter))]) + " refund É";
        var plain = JsonDocument.Parse(JsonSerializer.SerializeToUtf8Bytes(
            new { subject = valid }, new JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }));
        var escaped = JsonDocument.Parse($"{{\"subject\":\"{string.Concat(valid.Select(letter => $"\\u{(int)letter:x4}"))}\"}}");
        return program.Execute(plain.RootElement).Equals(program.Execute(escaped.RootElement));
    }).QuickCheckThrowOnFailure();
}
