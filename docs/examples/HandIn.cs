// Hands in one invoice with its PDF over HTTPS. Needs .NET 8 or later, and no package.
//
//     export KOPPELING_URL=https://koppeling.example KOPPELING_KEY=kop_...
//     dotnet new console --output hand-in && cp HandIn.cs hand-in/Program.cs
//     dotnet run --project hand-in -- 20260455.json 20260455.pdf
//
// Every call may be repeated: what was taken already is not taken twice. So an answer that gets lost, or
// one that says to wait, is answered by the same call again.

using System;
using System.IO;
using System.Net;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Tasks;

const int Tries = 5;

var link = Environment.GetEnvironmentVariable("KOPPELING_URL")!;
var key = Environment.GetEnvironmentVariable("KOPPELING_KEY")!;
var document = JsonNode.Parse(await File.ReadAllTextAsync(args[0]))!;
var pdf = await File.ReadAllBytesAsync(args[1]);

var connection = (string)document["connection_id"]!;
var number = Uri.EscapeDataString((string)document["invoice_number"]!);
var invoice = $"{link}/v1/connections/{connection}/invoices/{number}";
var sha256 = Convert.ToHexString(SHA256.HashData(pdf)).ToLowerInvariant();

using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(30) };

// 1. Where does the PDF go?
var announced = new JsonObject { ["sha256"] = sha256, ["size_bytes"] = pdf.Length };
var upload = JsonNode.Parse(await Ask(() => OfLink(HttpMethod.Post, $"{invoice}/pdf", announced)))!;

// 2. Send it there, with the headers of the answer
await Ask(() => OfFile(upload, pdf));

// 3. Hand in the document, which names the PDF
document["pdf"] = new JsonObject
{
    ["key"] = (string)upload["key"]!,
    ["sha256"] = sha256,
    ["size_bytes"] = pdf.Length,
    ["file_name"] = Path.GetFileName(args[1]),
};
Console.WriteLine(await Ask(() => OfLink(HttpMethod.Put, invoice, document)));

HttpRequestMessage OfLink(HttpMethod method, string address, JsonNode body)
{
    var request = new HttpRequestMessage(method, address);
    request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
    request.Headers.AcceptLanguage.ParseAdd("nl");
    request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
    return request;
}

HttpRequestMessage OfFile(JsonNode where, byte[] content)
{
    var request = new HttpRequestMessage(new HttpMethod((string)where["method"]!), (string)where["url"]!);
    request.Content = new ByteArrayContent(content);
    foreach (var (name, value) in where["headers"]!.AsObject())
    {
        // Some of them are headers of the content, the others of the request
        if (!request.Headers.TryAddWithoutValidation(name, (string)value!))
        {
            request.Content.Headers.Remove(name);
            request.Content.Headers.TryAddWithoutValidation(name, (string)value!);
        }
    }
    return request;
}

async Task<string> Ask(Func<HttpRequestMessage> make)
{
    for (var tried = 1; ; tried++)
    {
        var wait = TimeSpan.FromSeconds(tried);
        try
        {
            using var answer = await client.SendAsync(make());
            var text = await answer.Content.ReadAsStringAsync();
            if (answer.IsSuccessStatusCode)
            {
                return text;
            }
            var mayPass = answer.StatusCode is HttpStatusCode.TooManyRequests
                or HttpStatusCode.InternalServerError or HttpStatusCode.ServiceUnavailable;
            if (!mayPass || tried == Tries)
            {
                // Problem details (RFC 9457): each finding says what is wrong and what to do
                throw new InvalidOperationException(text);
            }
            wait = answer.Headers.RetryAfter?.Delta ?? wait;
        }
        catch (Exception lost) when (lost is HttpRequestException or TaskCanceledException && tried < Tries)
        {
        }
        await Task.Delay(wait);
    }
}
