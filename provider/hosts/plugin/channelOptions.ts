const mebibyte = 1024 * 1024;

/** Pulumi's message size, and its patience with a request that waits behind a busy event loop (pulumi/pulumi sdk/nodejs/runtime/settings.ts). */
export const channelOptions = {
  "grpc.max_receive_message_length": 400 * mebibyte,
  "grpc.max_send_message_length": 400 * mebibyte,
  "grpc.server_max_unrequested_time_in_server": 1800,
} as const;
