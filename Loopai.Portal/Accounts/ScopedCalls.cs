namespace Loopai.Portal.Accounts;

/// <summary>Calls Identity's services from a page.</summary>
public static class ScopedCalls
{
    /// <summary>In a scope of its own: a circuit must not hold Identity's database context.</summary>
    public static async Task<TResult> CallAsync<TService, TResult>(this IServiceScopeFactory scopes, Func<TService, Task<TResult>> call)
        where TService : notnull
    {
        await using var scope = scopes.CreateAsyncScope();
        return await call(scope.ServiceProvider.GetRequiredService<TService>());
    }

    /// <inheritdoc cref="CallAsync{TService, TResult}"/>
    public static Task CallAsync<TService>(this IServiceScopeFactory scopes, Func<TService, Task> call)
        where TService : notnull => scopes.CallAsync<TService, bool>(async service =>
    {
        await call(service);
        return true;
    });
}
