using Loopai.Portal.Components.Feedback;
using Loopai.Portal.Components.Tables;
using Microsoft.AspNetCore.Components;

namespace Loopai.Portal.Tests.Components;

public sealed class DataTableTests
{
    [Fact]
    public async Task DataTable_Loading_ShowsASkeleton() => (await HtmlAsync(LoadState<TableWindow<string>>.Loading)).ShouldContain("skeleton-table");

    [Fact]
    public async Task DataTable_Failed_SaysWhatToDoAndTheTrace()
    {
        var html = await HtmlAsync(new LoadState<TableWindow<string>>.Broken(LoadFailure.Unexpected("abc123")));
        html.ShouldContain("role=\"alert\"");
        html.ShouldContain("abc123");
    }

    [Fact]
    public async Task DataTable_NoRows_ShowsWhatThePageSays() =>
        (await HtmlAsync(LoadState<TableWindow<string>>.Of(new([])))).ShouldContain("No tasks yet");

    [Fact]
    public async Task DataTable_Rows_AreLinkedEncodedAndSorted()
    {
        var html = await HtmlAsync(LoadState<TableWindow<string>>.Of(new(["<b>x</b>", "y"], NextCursor: "n")));
        html.ShouldContain("&lt;b&gt;x&lt;/b&gt;");
        html.ShouldContain("href=\"/tasks/y\"");
        html.ShouldContain("aria-sort=\"ascending\"");
        html.ShouldContain("sort=-name");
        html.ShouldContain("Next");
    }

    private static Task<string> HtmlAsync(LoadState<TableWindow<string>> state) => Rendered.HtmlAsync<DataTable<string>>(new()
    {
        ["Label"] = "Tasks",
        ["State"] = state,
        ["Sort"] = "name",
        ["RowHref"] = (Func<string, string?>)(row => $"/tasks/{row}"),
        ["Empty"] = (RenderFragment)(builder => builder.AddContent(0, "No tasks yet")),
        ["Columns"] = (RenderFragment)(builder =>
        {
            builder.OpenComponent<Column<string>>(0);
            builder.AddAttribute(1, "Title", "Name");
            builder.AddAttribute(2, "SortKey", "name");
            builder.AddAttribute(3, "ChildContent", (RenderFragment<string>)(row => cell => cell.AddContent(0, row)));
            builder.CloseComponent();
        }),
    });
}
