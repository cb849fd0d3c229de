import { AppError } from '#shared/errors/app-error.ts';
import { provisionSip, readSipConfig } from '#worker/telephony/livekit/provision-sip.ts';
import { sipServerAt } from '#worker/telephony/livekit/sip-server.ts';

/** `node infra/scripts/sip.ts FILE`: makes the trunks and rules of the file at the LiveKit server that the environment names. */
async function main([file]: readonly string[]): Promise<number> {
  const { LIVEKIT_URL: url, LIVEKIT_API_KEY: apiKey, LIVEKIT_API_SECRET: apiSecret } = process.env;
  if (file === undefined || !url || !apiKey || !apiSecret) {
    process.stderr.write(
      'Usage: node infra/scripts/sip.ts FILE, with LIVEKIT_URL, LIVEKIT_API_KEY and LIVEKIT_API_SECRET set.\n',
    );
    return 2;
  }
  try {
    const { steps, outboundTrunkId } = await provisionSip(
      readSipConfig(file),
      sipServerAt({ url, apiKey, apiSecret }),
      process.env,
    );
    process.stdout.write(`${steps.join(', ')}\n`);
    if (outboundTrunkId !== null) process.stdout.write(`Calls go out by trunk ${outboundTrunkId}\n`);
    return 0;
  } catch (error) {
    if (!AppError.is(error)) throw error;
    process.stderr.write(`${error.body.message}\n`);
    return 1;
  }
}

process.exitCode = await main(process.argv.slice(2));
