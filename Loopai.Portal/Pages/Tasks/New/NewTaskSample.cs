namespace Loopai.Portal.Pages.Tasks.New;

internal static class NewTaskSample
{
    public const string Placeholder = """
        {"input": {"text": "I was charged twice"}, "output": "billing"}
        {"input": {"text": "The app crashes on start"}, "output": "technical"}
        """;

    public const string Csv = """
        text,label
        I was charged twice this month,billing
        The app crashes when I open it,technical
        Where can I download my invoice,billing
        I cannot log in since the update,technical
        Please refund my last payment,billing
        The page stays blank after signing in,technical
        My card was declined but I was still charged,billing
        Error 500 when I upload a photo,technical
        Can I pay by bank transfer,billing
        The export button does nothing,technical
        How do I change my billing address,billing
        Search is very slow today,technical
        The invoice shows the wrong amount,billing
        Notifications do not arrive on my phone,technical
        I want a receipt for my payment,billing
        The app freezes when I scroll,technical
        Why was my price raised,billing
        The video does not load,technical
        Cancel my subscription and refund me,billing
        I get an error when saving,technical
        The discount was not applied to my invoice,billing
        Login fails with a timeout error,technical
        When is my next payment due,billing
        The app crashes after the last update,technical
        """;
}
