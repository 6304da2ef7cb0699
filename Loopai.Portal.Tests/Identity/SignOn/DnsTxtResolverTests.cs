using System.Text;
using Loopai.Core.Errors;
using Loopai.Infrastructure.DomainNames;

namespace Loopai.Portal.Tests.Identity.SignOn;

/// <summary>The resolver against a server on loopback that answers whatever a test wants, over UDP and TCP.</summary>
public sealed class DnsTxtResolverTests
{
    private const string Name = "corp.example";

    [Fact]
    public async Task TxtAsync_Records_AreTheirStringsTogether()
    {
        await using var server = new DnsServer(query => Answer(query, Txt("loopai-verification=", "abc"), Txt("v=spf1 -all")));

        (await server.Resolver.TxtAsync(Name, default)).ShouldBe(["loopai-verification=abc", "v=spf1 -all"]);
    }

    [Fact]
    public async Task TxtAsync_NoSuchName_IsNone()
    {
        await using var server = new DnsServer(query => Answer(query, code: 3));

        (await server.Resolver.TxtAsync(Name, default)).ShouldBeEmpty();
    }

    [Fact]
    public async Task TxtAsync_Alias_IsFollowedWithinTheAnswer()
    {
        var target = Encode("other.example");
        byte[] alias = [.. Encode(Name), 0, 5, 0, 1, 0, 0, 0, 60, 0, (byte)target.Length, .. target];
        byte[] record = [.. target, .. Txt("found")[Encode(Name).Length..]];
        await using var server = new DnsServer(query => Answer(query, alias, record));

        (await server.Resolver.TxtAsync(Name, default)).ShouldBe(["found"]);
    }

    [Fact]
    public async Task TxtAsync_RecordOfAnotherName_IsLeftOut()
    {
        byte[] foreign = [.. Encode("evil.example"), .. Txt("loopai-verification=abc")[Encode(Name).Length..]];
        await using var server = new DnsServer(query => Answer(query, foreign));

        (await server.Resolver.TxtAsync(Name, default)).ShouldBeEmpty();
    }

    [Fact]
    public async Task TxtAsync_AnswerTooLongForUdp_ComesOverTcp()
    {
        var text = new string('x', 200);
        await using var server = new DnsServer(
            query => Truncated(query), query => Answer(query, [.. Enumerable.Range(0, 20).Select(_ => Txt(text))]));

        (await server.Resolver.TxtAsync(Name, default)).Count.ShouldBe(20);
    }

    [Fact]
    public async Task TxtAsync_AnswerThatDoesNotFitTheQuestion_IsNotTaken()
    {
        var asked = 0;
        await using var server = new DnsServer(query =>
        {
            var answer = Answer(query, Txt("forged"));
            switch (asked++)
            {
                case 0:
                    answer[0] ^= 0xFF; // Another id.
                    break;
                case 1:
                    answer[13] ^= 0x01; // Another name.
                    break;
            }

            return answer;
        });
        var resolver = new DnsTxtResolver([server.EndPoint, server.EndPoint]);

        (await resolver.TxtAsync(Name, default)).ShouldBe(["forged"]);
        asked.ShouldBe(3);
    }

    public static TheoryData<byte[]> BrokenRecords() =>
    [
        [0xC0, 0xFF],                                                       // A pointer beyond the message.
        [0xC0, 0x1E],                                                       // A pointer to itself.
        [.. Encode(Name), 0, 16, 0, 1, 0, 0, 0, 60, 0xFF, 0xFF, 3, 65, 66], // A length beyond the message.
        [.. Encode(Name), 0, 16],                                           // Cut off.
        [0x7F, 65],                                                         // A label that is none.
    ];

    [Theory]
    [MemberData(nameof(BrokenRecords))]
    public async Task TxtAsync_BrokenRecord_IsNoAnswer(byte[] record)
    {
        var broken = true;
        await using var server = new DnsServer(query => broken ? Answer(query, record) : Answer(query, Txt("whole")));
        _ = server.FirstAsked.ContinueWith(_ => broken = false, TaskScheduler.Default);

        // The first round waits in vain, the second finds a server that has recovered.
        (await server.Resolver.TxtAsync(Name, default)).ShouldBe(["whole"]);
    }

    [Fact]
    public async Task TxtAsync_ServerThatFails_IsUnavailable()
    {
        await using var server = new DnsServer(query => Answer(query, code: 2));

        (await Should.ThrowAsync<UnavailableException>(server.Resolver.TxtAsync(Name, default))).Code.ShouldBe("dns.unavailable");
    }

    private static byte[] Encode(string name) => [.. name.Split('.').SelectMany(label => (byte[])[(byte)label.Length, .. Encoding.ASCII.GetBytes(label)]), 0];

    private static byte[] Txt(params string[] strings)
    {
        byte[] data = [.. strings.SelectMany(text => (byte[])[(byte)text.Length, .. Encoding.ASCII.GetBytes(text)])];
        return [.. Encode(Name), 0, 16, 0, 1, 0, 0, 0, 60, (byte)(data.Length >> 8), (byte)data.Length, .. data];
    }

    private static byte[] Truncated(byte[] query)
    {
        var answer = Answer(query);
        answer[2] |= 0x02;
        return answer;
    }

    private static byte[] Answer(byte[] query, params byte[][] records) => Answer(query, 0, records);

    private static byte[] Answer(byte[] query, int code, params byte[][] records)
    {
        var question = query.AsSpan(12, Encode(Name).Length + 4);
        return [query[0], query[1], 0x81, (byte)(0x80 | code), 0, 1, 0, (byte)records.Length, 0, 0, 0, 0, .. question, .. records.SelectMany(r => r)];
    }
}
