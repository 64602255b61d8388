using System.Text.Json;
using Anit.FaultyServer;

// A server that speaks OpenAI's protocol and misbehaves as it is told. It says its address on standard output and ends with standard input.
var builder = WebApplication.CreateSlimBuilder();
builder.Logging.ClearProviders();
builder.WebHost.UseUrls("http://127.0.0.1:0");
var app = builder.Build();
var script = new Script();
var log = new Log();

app.MapPost("/script", (string[] faults) => script.Set(faults));
app.MapPost("/forget", () =>
{
    script.Set([]);
    log.Forget();
});
app.MapGet("/log", log.Show);
app.MapPost("/v1/{**service}", async (string service, HttpContext http) =>
{
    using var asked = await JsonDocument.ParseAsync(http.Request.Body);
    var began = log.Begin(service, http.Request, asked.RootElement);
    var fault = script.Next(began.Texts);
    await Task.Delay(fault.Delay, http.RequestAborted);
    await Replies.Write(http.Response, service, asked.RootElement, fault, log);
});

await app.StartAsync();
Console.WriteLine(app.Urls.Single());
await Console.In.ReadToEndAsync();
Environment.Exit(0);
