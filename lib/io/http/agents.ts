/** Connections that are kept open for the next request. How many there may be is the budget of a host, not theirs. */

import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'

const keeping = { keepAlive: true, scheduling: 'lifo' } as const

export const agents = { http: new HttpAgent(keeping), https: new HttpsAgent(keeping) }
