using Loopai.Portal.Demo;
using Loopai.Portal.Tests.Postgres;

namespace Loopai.Portal.Tests.Demo;

public sealed class MailCorpusTests
{
    [Fact]
    public async Task ReadArchiveAsync_Package_GivesTheMailsByNameWithTheLabelOfTheirFolder()
    {
        using var folder = new TemporaryDirectory();
        var archive = Path.Combine(folder.Path, "mails.tgz");
        MailArchive.Write(archive,
        [
            ("spam-2/00001.a.json", MailArchive.Raw("=?utf-8?B?R2VsZA==?=", "\"Rich\" <a@b.example>", "Buy")),
            ("hard-ham-1/00009.b.json", "Subject: Hello\nFrom: c@d.example\nContent-Type: text/html\n\n<p>Good <b>morning</b></p><script>x()</script>"),
        ]);

        var mails = await MailCorpus.ReadArchiveAsync(archive, _ => { }, CancellationToken.None);

        mails.Select(m => m.Label).ShouldBe(["ham", "spam"]);
        mails[0].Body.ShouldContain("morning");
        mails[0].Body.ShouldNotContain("x()");
        mails[1].ShouldBe(new LabelledMail("Geld", "\"Rich\" <a@b.example>", "Buy", "spam"));
    }

    [Fact]
    public void Plan_AnyOrderOfTheCorpus_IsTheSameAndTakesEachMailOnce()
    {
        var corpus = Enumerable.Range(0, 90).Select(i => new LabelledMail($"s{i}", "f", "b", "ham")).ToList();

        var plan = MailPlan.Of(corpus);
        var again = MailPlan.Of([.. Enumerable.Reverse(corpus), corpus[3]]);

        again.Training.ShouldBe(plan.Training);
        again.Unlabelled.ShouldBe(plan.Unlabelled);
        (plan.Training.Count, plan.Unlabelled.Count).ShouldBe((60, 7));
        plan.Training.Concat(plan.Labelled).Concat(plan.Unlabelled).ShouldBe(corpus, ignoreOrder: true);
    }

    [Fact]
    public void Plan_TextThatTheApiRefuses_IsMended()
    {
        var cut = new string('x', MailPlan.LongestBody - 1) + "\U0001F600 and more";

        var plan = MailPlan.Of([new LabelledMail("a\0b", "\ud800", cut, "spam"), new LabelledMail("2", "", "", "ham"), new LabelledMail("3", "", "", "ham")]);

        var mail = plan.Training.Concat(plan.Labelled).Single(m => m.Label == "spam");
        (mail.Subject, mail.From).ShouldBe(("ab", "\uFFFD"));
        mail.Body.ShouldEndWith("x\uFFFD");
    }
}
