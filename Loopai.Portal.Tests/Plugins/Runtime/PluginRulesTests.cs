using System.Text.Json.Nodes;
using Loopai.Core.Plugins.Installations;
using Loopai.Core.Plugins.Runtime;
using Loopai.Infrastructure.Outbound;

namespace Loopai.Portal.Tests.Plugins.Runtime;

/// <summary>What is pure about running plugins: reading answers, leaving alone what fails, and judging a version that is tried.</summary>
public sealed class PluginRulesTests
{
    [Theory]
    [InlineData("""{"verdict": "pass"}""", "Pass", null)]
    [InlineData("""{"verdict": "fail", "reason": "so", "score": 0.25}""", "Fail", null)]
    [InlineData("""{"verdict": "maybe"}""", null, "validate answers")]
    [InlineData("""{"verdict": "pass", "score": 2}""", null, "a number from 0 to 1")]
    [InlineData("""[]""", null, "validate answers")]
    [InlineData("null", null, "validate answers")]
    public void Verdict_WhatAHookReturns_IsReadOrRefused(string value, string? verdict, string? error)
    {
        var (answer, fault) = HookAnswers.Verdict(Answered(value));
        (answer?.Verdict.ToString()).ShouldBe(verdict);
        (fault ?? "").ShouldContain(error ?? "");
    }

    [Theory]
    [InlineData("""{"sample": true, "probability": 0.5, "state": {}}""", true)]
    [InlineData("""{"sample": true, "probability": 0}""", false)]
    [InlineData("""{"sample": true}""", false)]
    [InlineData("""{"sample": 1, "probability": 0.5}""", false)]
    public void Sample_WithoutAProbability_IsRefused(string value, bool isTaken) => (HookAnswers.Sample(Answered(value)).Answer is not null).ShouldBe(isTaken);

    [Theory]
    [InlineData("""{"verdict": "\ud83d"}""")]
    [InlineData("""{"verdict": "pass", "reason": "\ud83d"}""")]
    [InlineData("""{"\ud83d": "pass"}""")]
    public void Verdict_HalfOfACharacter_IsRefused(string value) => HookAnswers.Verdict(Answered(value)).Error.ShouldStartWith("The answer holds half of a character");

    [Theory]
    [InlineData("https://a.example/", "x\r\nhost: b.example")]
    [InlineData("https://a.example/", "x\0")]
    [InlineData("https://a.example/\r\n", "x")]
    public void Make_EndOfALineInARequest_IsRefused(string url, string value) => Should.Throw<PluginNetworkException>(() =>
        new PluginNetwork(GuardedHandler.Create(allowPrivateNetworks: false), _ => true).Make(new PluginRequest("GET", url, new Dictionary<string, string> { ["x-a"] = value }, null)));

    [Fact]
    public void Handle_TheSameHeaderTwice_IsRefused() =>
        HookAnswers.Handle(Answered("""{"requests": [{"url": "https://a.example", "headers": {"x": "1", "X": "2"}}]}""")).Error.ShouldNotBeNull();

    [Fact]
    public void Breaker_AnswersThatComeLate_PauseButEndNothing()
    {
        var (breaker, now) = (new PluginBreaker(), DateTimeOffset.UnixEpoch);
        for (var i = 0; i < 50; i++)
        {
            breaker.Late(now);
        }

        breaker.MayCall(now).ShouldBeFalse();
        breaker.MayCall(now.AddSeconds(1)).ShouldBeTrue("calls that were under way do not make the pause longer");
        breaker.Failed(now.AddSeconds(1)).ShouldBeFalse();
        breaker.Succeeded();
        breaker.MayCall(now.AddSeconds(1)).ShouldBeTrue();
    }

    [Fact]
    public void Sample_StateThatGrew_IsRefused() =>
        HookAnswers.Sample(Answered($$$"""{"sample": true, "probability": 1, "state": {"x": "{{{new string('x', 20_000)}}}"}}""")).Error.ShouldBe("The state of a sampler has at most 16 KB.");

    [Theory]
    [InlineData("null", true)]
    [InlineData("""{"payload": {"text": "a"}}""", true)]
    [InlineData("""{"requests": [{"url": "https://a.example", "method": "POST", "headers": {"x": "y"}, "body": "b"}]}""", true)]
    [InlineData("""{"requests": []}""", false)]
    [InlineData("""{"requests": [{"method": "POST"}]}""", false)]
    [InlineData("""{"payload": 1, "requests": [{"url": "https://a.example"}]}""", false)]
    [InlineData("""{}""", false)]
    public void Handle_WhatAHookReturns_IsReadOrRefused(string value, bool isTaken) => (HookAnswers.Handle(Answered(value)).Error is null).ShouldBe(isTaken);

    [Fact]
    public void Breaker_FailuresInARow_PauseLongerAndEndAtTheTenth()
    {
        var (breaker, now) = (new PluginBreaker(), DateTimeOffset.UnixEpoch);
        for (var i = 1; i < PluginBreaker.PausesAt; i++)
        {
            breaker.Failed(now).ShouldBeFalse();
            breaker.MayCall(now).ShouldBeTrue();
        }

        breaker.Failed(now).ShouldBeFalse();
        breaker.MayCall(now).ShouldBeFalse();
        breaker.MayCall(now.AddSeconds(1)).ShouldBeTrue();
        breaker.MayCall(now.AddSeconds(1)).ShouldBeFalse("one call goes ahead, to see");
        for (var i = PluginBreaker.PausesAt + 1; i < PluginBreaker.QuarantinesAt; i++)
        {
            breaker.Failed(now).ShouldBeFalse();
        }

        breaker.Failed(now).ShouldBeTrue();
        breaker.Failed(now).ShouldBeTrue("what could not be written down the first time is tried again");
    }

    [Fact]
    public void Breaker_Success_ForgetsTheFailures()
    {
        var (breaker, now) = (new PluginBreaker(), DateTimeOffset.UnixEpoch);
        for (var i = 0; i < 50; i++)
        {
            breaker.Failed(now).ShouldBeFalse();
            breaker.Succeeded();
        }

        breaker.MayCall(now).ShouldBeTrue();
    }

    [Theory]
    [InlineData(1_000, 0, 1.0, 19, 10, 1.0, StagedStep.Wait)]
    [InlineData(1_000, 0, 1.0, 20, 3, 1.0, StagedStep.RollBack)]
    [InlineData(1_000, 0, 1.0, 4, 4, 1.0, StagedStep.Wait)]
    [InlineData(1_000, 0, 1.0, 5, 4, 1.0, StagedStep.RollBack)]
    [InlineData(1_000, 600, 1.0, 5, 5, 1.0, StagedStep.Wait)]
    [InlineData(1_000, 200, 1.0, 20, 4, 1.0, StagedStep.Wait)]
    [InlineData(1_000, 0, 10.0, 50, 0, 41.0, StagedStep.RollBack)]
    [InlineData(1_000, 0, 1.0, 99, 0, 20.0, StagedStep.Wait)]
    [InlineData(1_000, 0, 1.0, 100, 0, 1.5, StagedStep.Promote)]
    [InlineData(0, 0, 0.0, 100, 0, 500.0, StagedStep.Promote)]
    public void Judge_TriedVersion_WaitsTakesOverOrIsTakenBack(long oldCalls, long oldFailures, double oldMs, long calls, long failures, double ms, StagedStep step) =>
        StagedUpgrade.Judge(new VersionCalls(oldCalls, oldFailures, (long)(oldCalls * oldMs * 1000)), new VersionCalls(calls, failures, (long)(calls * ms * 1000))).Step.ShouldBe(step);

    private static PluginAnswer Answered(string value) => new(PluginCallStatus.Answered, JsonNode.Parse(value), null, TimeSpan.Zero, "");
}
